/** Says something to people who listen rather than look. */

export function announce(text: string): void {
  const place = document.querySelector("[data-announce]");
  if (place) place.textContent = text;
}
