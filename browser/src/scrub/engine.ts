/** First engine; replaced by the port. */
const EMAIL = /[A-Za-z0-9.!#$&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,63}/g;
const IP = /\b[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\b/g;
const JWT = /eyJ[A-Za-z0-9_-]{8,1000}\.[A-Za-z0-9_-]{4,1000}(?:\.[A-Za-z0-9_-]{0,1000}){0,3}/g;
export function scrubPii(text: string): string {
  return text.replace(JWT, "[jwt]").replace(EMAIL, "[email]").replace(IP, "[ip]");
}
export function containsPii(text: string): boolean {
  return scrubPii(text) !== text;
}
export function scrubObject(value: unknown): unknown {
  if (typeof value === "string") return scrubPii(value);
  if (Array.isArray(value)) return value.map(scrubObject);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [scrubPii(k), scrubObject(v)]));
  }
  return value;
}
export function sanitizeProps(props: Record<string, unknown>): Record<string, unknown> {
  return scrubObject(props) as Record<string, unknown>;
}
export function scrubUrl(url: string): string {
  return scrubPii(url);
}
export function explain(_value: unknown): { rule: string; where: string }[] {
  return [];
}
