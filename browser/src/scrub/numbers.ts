/** Numbers that say themselves whether they are real: cards, accounts, people's official numbers. */

const BRANDS: readonly [width: number, low: number, high: number, lengths: readonly number[]][] = [
  [1, 4, 4, [13, 16, 19]],
  [2, 51, 55, [16]],
  [4, 2221, 2720, [16]],
  [2, 34, 34, [15]],
  [2, 37, 37, [15]],
  [4, 6011, 6011, [16, 19]],
  [3, 644, 649, [16, 19]],
  [2, 65, 65, [16, 19]],
  [4, 3528, 3589, [16, 19]],
  [3, 300, 305, [14]],
  [2, 36, 36, [14]],
  [2, 38, 39, [14, 16]],
  [2, 62, 62, [16, 17, 18, 19]],
];

const VERHOEFF_TIMES =
  "0123456789 1234067895 2340178956 3401289567 4012395678 5987604321 6598710432 7659821043 8765932104 9876543210".split(" ");
const VERHOEFF_TURN =
  "0123456789 1576283094 5803796142 8916043527 9453126870 4286573901 2793806415 7046913258".split(" ");

/** Whether the last digit is the Luhn check digit of the rest. Source: ISO/IEC 7812-1, annex B. */
export function isLuhn(digits: string): boolean {
  let total = 0;
  for (let place = 0; place < digits.length; place++) {
    const value = int(digits.charAt(digits.length - 1 - place)) << (place & 1);
    total += value > 9 ? value - 9 : value;
  }
  return total % 10 === 0;
}

/** Whether a card brand issues numbers with this prefix and length. */
export function isBranded(digits: string): boolean {
  return BRANDS.some(([width, low, high, lengths]) => {
    const prefix = int(digits.slice(0, width));
    return lengths.includes(digits.length) && low <= prefix && prefix <= high;
  });
}

/** Where the IBAN of `length` characters that begins at `start` ends, or -1. Source: ISO 13616-1. */
export function ibanEnd(text: string, start: number, length: number): number {
  let compact = "";
  const furthest = Math.min(text.length, start + length * 2);
  for (let place = start; place < furthest; place++) {
    const char = text.charAt(place);
    if (/[0-9A-Za-z]/.test(char)) {
      compact += char;
      if (compact.length === length) return isMod97(compact) ? place + 1 : -1;
    } else if (!" +-\u00a0\u202f\u2011".includes(char)) {
      return -1;
    }
  }
  return -1;
}

/** ISO 7064 mod 97-10: letters are worth 10 to 35. */
function isMod97(compact: string): boolean {
  let rest = 0;
  for (const char of compact.slice(4) + compact.slice(0, 4)) {
    const value = parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** Whether a number, upper case and without separators, passes the check of its scheme. */
export function isOfficial(scheme: string, number: string): boolean {
  try {
    return SCHEMES[scheme]?.(number) ?? false;
  } catch {
    return false; // Too short, or a letter where a digit belongs.
  }
}

/** Decimal digits as a number; throws for anything else. */
function int(text: string | undefined): number {
  const code = text?.length === 1 ? text.charCodeAt(0) : 0;
  if (code >= 48 && code <= 57) return code - 48;
  if (!text || !/^[0-9]+$/.test(text)) throw new RangeError("no number");
  return Number(text);
}

function weighted(digits: string, weights: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < Math.min(digits.length, weights.length); at++) {
    sum += int(digits.charAt(at)) * (weights[at] ?? 0);
  }
  return sum;
}

/** `from` down to, and without, `to`. */
function down(from: number, to: number): number[] {
  return Array.from({ length: from - to }, (_, at) => from - at);
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1 || year < 1) return false;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day <= (month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31);
}

function isDayOfCentury(two: string, month: string, day: string): boolean {
  const [m, d] = [int(month), int(day)];
  return isDay(2000 + int(two), m, d) || isDay(1900 + int(two), m, d);
}

function areAllZero(number: string): boolean {
  return /^0*$/.test(number);
}

function isMod1110(n: string): boolean {
  let product = 10;
  for (const digit of n.slice(0, -1)) {
    const total = (int(digit) + product) % 10 || 10;
    product = (total * 2) % 11;
  }
  return (11 - product) % 10 === int(n.slice(-1));
}

function isGermanTax(n: string): boolean {
  const counts = Array.from(new Set(n.slice(0, 10)), (digit) => n.slice(0, 10).split(digit).length - 1);
  counts.sort((one, other) => other - one);
  const [most = 0, next = 0] = counts;
  return n.charAt(0) !== "0" && (most === 2 || most === 3) && next <= 1 && isMod1110(n);
}

const FISCAL_ODD = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

function isItalianFiscal(n: string): boolean {
  let total = 0;
  for (let place = 0; place < 15; place++) {
    const char = n.charAt(place);
    const value = /[0-9]/.test(char) ? int(char) : char.charCodeAt(0) - 65;
    total += place % 2 ? value : (FISCAL_ODD[value] ?? NaN);
  }
  return String.fromCharCode(65 + (total % 26)) === n[15];
}

function isPolishPesel(n: string): boolean {
  const month = int(n.slice(2, 4));
  const century = [1900, 2000, 2100, 2200, 1800][Math.floor(month / 20)] ?? NaN;
  return (
    isDay(century + int(n.slice(0, 2)), month % 20, int(n.slice(4, 6))) &&
    weighted(n, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0
  );
}

function isSwedish(n: string): boolean {
  const tail = n.slice(-10);
  const day = int(tail.slice(4, 6));
  const born = String(day > 60 ? day - 60 : day);
  return isDayOfCentury(tail.slice(0, 2), tail.slice(2, 4), born) && isLuhn(tail);
}

function isCzech(n: string): boolean {
  const month = int(n.slice(2, 4)) % 50;
  return (
    isDayOfCentury(n.slice(0, 2), String(month > 20 ? month - 20 : month), n.slice(4, 6)) &&
    (int(n.slice(0, 9)) % 11) % 10 === int(n[9])
  );
}

function isTurkish(n: string): boolean {
  if (n.charAt(0) === "0") return false;
  const digits = Array.from(n, int);
  const at = (...places: number[]): number => places.reduce((sum, place) => sum + (digits[place] ?? NaN), 0);
  const tenth = (((at(0, 2, 4, 6, 8) * 7 - at(1, 3, 5, 7)) % 10) + 10) % 10;
  return tenth === digits[9] && at(0, 1, 2, 3, 4, 5, 6, 7, 8, 9) % 10 === digits[10];
}

function isAadhaar(n: string): boolean {
  let check = 0;
  for (let place = 0; place < n.length; place++) {
    const turned = int(VERHOEFF_TURN[place % 8]?.charAt(int(n.charAt(n.length - 1 - place))));
    check = int(VERHOEFF_TIMES[check]?.charAt(turned));
  }
  return check === 0 && !/^[01]/.test(n);
}

function isBrazilian(n: string): boolean {
  const first = ((weighted(n, down(10, 1)) * 10) % 11) % 10;
  const second = ((weighted(n.slice(0, 10), down(11, 1)) * 10) % 11) % 10;
  return new Set(n).size > 1 && first === int(n[9]) && second === int(n[10]);
}

function isMexican(n: string): boolean {
  const letters = "0123456789ABCDEFGHIJKLMN\u00d1OPQRSTUVWXYZ";
  let total = 0;
  for (let place = 0; place < 17; place++) {
    const value = letters.indexOf(n[place] ?? "?");
    if (value < 0) return false;
    total += value * (18 - place);
  }
  return String((10 - (total % 10)) % 10) === n[17];
}

function isFrench(n: string): boolean {
  const body = n.slice(0, 13).replaceAll("2A", "19").replaceAll("2B", "18");
  return 97 - (int(body) % 97) === int(n.slice(13));
}

function isSpanish(n: string): boolean {
  const number = n.slice(0, -1).replace(/[XYZ]/g, (letter) => String("XYZ".indexOf(letter)));
  return "TRWAGMYFPDXBNJZSQVHLCKE".charAt(int(number) % 23) === n.slice(-1);
}

function isFinnish(n: string): boolean {
  const letters = "0123456789ABCDEFHJKLMNPRSTUVWXY";
  const check = letters.charAt(int(n.slice(0, 6) + n.slice(-4, -1)) % 31);
  return isDayOfCentury(n.slice(4, 6), n.slice(2, 4), n.slice(0, 2)) && check === n.slice(-1);
}

function isChinese(n: string): boolean {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  return (
    isDay(int(n.slice(6, 10)), int(n.slice(10, 12)), int(n.slice(12, 14))) &&
    "10X98765432".charAt(weighted(n.slice(0, 17), weights) % 11) === n.charAt(17).toUpperCase()
  );
}

function isRomanian(n: string): boolean {
  const check = weighted(n, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
  return (
    n.charAt(0) !== "0" &&
    isDayOfCentury(n.slice(1, 3), n.slice(3, 5), n.slice(5, 7)) &&
    (check === 10 ? 1 : check) === int(n[12])
  );
}

function isPortuguese(n: string): boolean {
  const check = 11 - (weighted(n, down(9, 1)) % 11);
  return /^[1235-9]/.test(n) && (check >= 10 ? 0 : check) === int(n[8]);
}

function isHealthService(n: string): boolean {
  const check = 11 - (weighted(n, down(10, 1)) % 11);
  return new Set(n).size > 1 && check % 11 === int(n[9]) && check !== 10;
}

function isIrish(n: string): boolean {
  const extra = n.length > 8 && n[8] !== "W" ? n.charCodeAt(8) - 64 : 0;
  return "WABCDEFGHIJKLMNOPQRSTUV".charAt((weighted(n.slice(0, 7), down(8, 1)) + extra * 9) % 23) === n[7];
}

function isSingaporean(n: string): boolean {
  const total = weighted(n.slice(1, 8), [2, 7, 6, 5, 4, 3, 2]) + (/^[TG]/.test(n) ? 4 : 0);
  return (/^[ST]/.test(n) ? "JZIHGFEDCBA" : "XWUTRQPNMLK").charAt(total % 11) === n[8];
}

function isKorean(n: string): boolean {
  const check = (11 - (weighted(n, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10;
  return isDayOfCentury(n.slice(0, 2), n.slice(2, 4), n.slice(4, 6)) && check === int(n[12]);
}

function isJapanese(n: string): boolean {
  const left = weighted(n, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return (left <= 1 ? 0 : 11 - left) === int(n[11]);
}

function isChilean(n: string): boolean {
  const body = Array.from(n.slice(0, -1)).reverse().join("");
  const total = weighted(body, [2, 3, 4, 5, 6, 7, 2, 3, 4]);
  return "0123456789K0".charAt((11 - (total % 11)) % 11) === n.slice(-1).toUpperCase();
}

function isNorwegian(n: string): boolean {
  return (
    weighted(n, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 &&
    weighted(n, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
  );
}

const SCHEMES: Record<string, (number: string) => boolean> = {
  "us-ssn": (n) => !/^(?:000|666|9)/.test(n) && n.slice(3, 5) !== "00" && n.slice(5) !== "0000",
  "us-itin": (n) => /^9..(?:5[0-9]|6[0-5]|7[0-9]|[89][0-9])/.test(n),
  "ca-sin": (n) => !/^[08]/.test(n) && isLuhn(n),
  "uk-nino": (n) => !/^(?:BG|GB|KN|NK|NT|TN|ZZ)/.test(n),
  "uk-nhs": isHealthService,
  "de-tax": isGermanTax,
  "fr-nir": isFrench,
  "es-dni": isSpanish,
  "it-fiscal": isItalianFiscal,
  "pl-pesel": isPolishPesel,
  "nl-bsn": (n) => !areAllZero(n) && weighted(n, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
  "be-register": (n) => ["", "2"].some((lead) => 97 - (int(lead + n.slice(0, 9)) % 97) === int(n.slice(9))),
  "se-person": isSwedish,
  "fi-person": isFinnish,
  "no-person": isNorwegian,
  "dk-person": (n) => isDayOfCentury(n.slice(4, 6), n.slice(2, 4), n.slice(0, 2)),
  "br-cpf": isBrazilian,
  "in-aadhaar": isAadhaar,
  "in-pan": (n) => /^...[ABCFGHLJPT]/.test(n),
  "cn-resident": isChinese,
  "kr-resident": isKorean,
  "jp-number": isJapanese,
  "sg-nric": isSingaporean,
  "au-tfn": (n) => !areAllZero(n) && weighted(n, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0,
  "ch-ahv": (n) => n.startsWith("756") && weighted(n, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0,
  "za-id": (n) => isDayOfCentury(n.slice(0, 2), n.slice(2, 4), n.slice(4, 6)) && isLuhn(n),
  "tr-id": isTurkish,
  "cz-birth": isCzech,
  "cl-rut": isChilean,
  "mx-curp": isMexican,
  "ie-pps": isIrish,
  "ro-cnp": isRomanian,
  "pt-nif": isPortuguese,
};
