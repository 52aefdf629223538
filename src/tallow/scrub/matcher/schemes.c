/* People's official numbers: whether a number passes its own check. As `numbers.py`, by name.
 *
 * A number is upper case and has no joints: digits and the letters A to Z, of any length. Where
 * Python raises an error (a letter for a digit, too short a number) the number is marked as broken,
 * which refuses it; so each scheme asks what Python asks, no more and no less, in its order.
 */
#include "scan.h"

#define MOST_DIGITS 4300                  /* Python reads no number with more */
#define LARGE 100000000000000000          /* above every number that is reckoned with */
#define WEIGHTED(number, from, ...) \
    weighted(number, from, (const int8_t[]){__VA_ARGS__}, sizeof((const int8_t[]){__VA_ARGS__}))

typedef struct { const uint8_t *at; int32_t size; bool is_broken; } Number;
typedef bool Judge(Number *n);

/* n[place]; from the end when negative. */
static uint8_t sign(Number *n, int32_t place)
{
    if (place < 0) place += n->size;
    if (place >= 0 && place < n->size) return n->at[place];
    n->is_broken = true;
    return '0';
}

/* int(n[place]) */
static int32_t digit(Number *n, int32_t place)
{
    uint8_t found = sign(n, place);
    if (is_digit(found)) return found - '0';
    n->is_broken = true;
    return 0;
}

/* Where a slice begins or ends that Python begins or ends at `place`, which may be negative. */
static int32_t clamped(const Number *n, int32_t place)
{
    if (place < 0) place += n->size;
    return place < 0 ? 0 : place > n->size ? n->size : place;
}

/* int(n[start:end]); a number too long to be right is LARGE or more. */
static int64_t value(Number *n, int32_t start, int32_t end)
{
    int64_t sum = 0;
    start = clamped(n, start), end = clamped(n, end);
    if (start >= end || end - start > MOST_DIGITS) n->is_broken = true;
    for (int32_t i = start; i < end && !n->is_broken; i++) {
        if (!is_digit(n->at[i])) n->is_broken = true;
        else if (sum < LARGE) sum = sum * 10 + n->at[i] - '0';
    }
    return n->is_broken ? 0 : sum;
}

/* The sum of digits times weights, as many as there are of both. */
static int32_t weighted(Number *n, int32_t start, const int8_t *weights, size_t count)
{
    int32_t sum = 0;
    for (int32_t i = 0; i < (int32_t)count && start + i < n->size; i++) {
        sum += digit(n, start + i) * weights[i];
    }
    return sum;
}

/* Whether n[:2] or n[:3] is the word. */
static bool begins(const Number *n, const char *word, int32_t size)
{
    return n->size >= size && memcmp(n->at, word, (size_t)size) == 0;
}

static bool is_in(uint8_t sign, const char *signs) { return sign && strchr(signs, sign); }
/* How many different signs the number has. */
static int32_t kinds(const Number *n)
{
    bool seen[SIGNS] = {false};
    int32_t count = 0;
    for (int32_t i = 0; i < n->size; i++) {
        count += !seen[n->at[i] & (SIGNS - 1)];
        seen[n->at[i] & (SIGNS - 1)] = true;
    }
    return count;
}

/* Whether there is another sign than "0". */
static bool is_not_zero(const Number *n)
{
    int32_t place = 0;
    while (place < n->size && n->at[place] == '0') place++;
    return place < n->size;
}

/* is_luhn(n[start:]) */
static bool is_luhn_from(Number *n, int32_t start)
{
    start = clamped(n, start);
    for (int32_t i = start; i < n->size; i++) digit(n, i);
    return !n->is_broken && is_luhn(n->at + start, n->size - start);
}

/* Whether the calendar has the day. */
static bool is_day(int64_t year, int64_t month, int64_t day)
{
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return false;
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= days[month - 1] + (month == 2 && is_leap);
}

/* Whether this or the last century had the day. */
static bool is_day_of_century(int64_t two, int64_t month, int64_t day)
{
    return is_day(2000 + two, month, day) || is_day(1900 + two, month, day);
}

static bool us_ssn(Number *n)
{
    return !begins(n, "000", 3) && !begins(n, "666", 3) && sign(n, 0) != '9'
        && !(n->size >= 5 && memcmp(n->at + 3, "00", 2) == 0)
        && !(n->size == 9 && memcmp(n->at + 5, "0000", 4) == 0);
}

static bool us_itin(Number *n)
{
    if (sign(n, 0) != '9') return false;
    int64_t group = value(n, 3, 5);
    return (50 <= group && group <= 65) || (70 <= group && group <= 99);
}

static bool ca_sin(Number *n) { return !is_in(sign(n, 0), "08") && is_luhn_from(n, 0); }

static bool uk_nino(Number *n)
{
    static const char refused[7][3] = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"};
    for (int i = 0; i < 7; i++) if (begins(n, refused[i], 2)) return false;
    return true;
}

static bool uk_nhs(Number *n)
{
    int32_t check = 11 - WEIGHTED(n, 0, 10, 9, 8, 7, 6, 5, 4, 3, 2) % 11;
    return kinds(n) > 1 && check % 11 == digit(n, 9) && check != 10;
}

/* ISO 7064 mod 11, 10. */
static bool mod_11_10(Number *n)
{
    int32_t product = 10;
    for (int32_t i = 0; i < n->size - 1; i++) {
        int32_t total = (digit(n, i) + product) % 10;
        product = (total ? total : 10) * 2 % 11;
    }
    return (11 - product) % 10 == digit(n, -1);
}

/* One of the first ten digits stands there twice or three times, none of the others does. */
static bool de_tax(Number *n)
{
    uint8_t counts[SIGNS] = {0};
    int32_t most = 0, n_repeated = 0;
    for (int32_t i = 0; i < 10 && i < n->size; i++) {
        int32_t count = ++counts[n->at[i] & (SIGNS - 1)];
        if (count > most) most = count;
        if (count == 2) n_repeated++;
    }
    return sign(n, 0) != '0' && (most == 2 || most == 3) && n_repeated <= 1 && mod_11_10(n);
}

/* Corsica's 2A and 2B are reckoned as 19 and 18. */
static bool fr_nir(Number *n)
{
    uint8_t digits[13];
    Number body = {digits, n->size < 13 ? n->size : 13, false};
    if (n->size) memcpy(digits, n->at, (size_t)body.size);
    for (int32_t i = 0; i + 1 < body.size; i++) {
        if (digits[i] != '2' || (digits[i + 1] != 'A' && digits[i + 1] != 'B')) continue;
        digits[i] = '1';
        digits[i + 1] = digits[i + 1] == 'A' ? '9' : '8';
    }
    int64_t number = value(&body, 0, 13);
    return !body.is_broken && 97 - number % 97 == value(n, 13, n->size);
}

static bool es_dni(Number *n)
{
    int32_t rest = 0;
    if (n->size < 2) return false;
    for (int32_t i = 0; i < n->size - 1; i++) {
        uint8_t found = n->at[i];
        if (found >= 'X' && found <= 'Z') found -= 'X' - '0';
        if (!is_digit(found)) return false;
        rest = (rest * 10 + found - '0') % 23;
    }
    if (n->size - 1 > MOST_DIGITS) n->is_broken = true;
    return "TRWAGMYFPDXBNJZSQVHLCKE"[rest] == sign(n, -1);
}

static bool it_fiscal(Number *n)
{
    static const uint8_t odd[] = {1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18,
                                  20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
    int32_t total = 0;
    for (int32_t i = 0; i < 15 && i < n->size; i++) {
        int32_t worth = is_digit(n->at[i]) ? n->at[i] - '0' : (uint8_t)(n->at[i] - 'A') % 26;
        total += i % 2 ? worth : odd[worth];
    }
    return 'A' + total % 26 == sign(n, 15);
}

static bool pl_pesel(Number *n)
{
    static const int32_t centuries[] = {1900, 2000, 2100, 2200, 1800};
    int64_t month = value(n, 2, 4), year = centuries[month / 20] + value(n, 0, 2);
    return is_day(year, month % 20, value(n, 4, 6))
        && WEIGHTED(n, 0, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1) % 10 == 0;
}

static bool nl_bsn(Number *n)
{
    return is_not_zero(n) && WEIGHTED(n, 0, 9, 8, 7, 6, 5, 4, 3, 2, -1) % 11 == 0;
}

/* Since 2000 a 2 is reckoned before the number. */
static bool be_register(Number *n)
{
    int64_t check = value(n, 9, n->size), number = value(n, 0, 9);
    return 97 - number % 97 == check || 97 - (2000000000 + number) % 97 == check;
}

/* Who moves to the country for a while has 60 added to the day. */
static bool se_person(Number *n)
{
    int64_t day = value(n, -6, -4);
    if (day > 60) day -= 60;
    return is_day_of_century(value(n, -10, -8), value(n, -8, -6), day) && is_luhn_from(n, -10);
}

static bool fi_person(Number *n)
{
    int64_t day = value(n, 0, 2), month = value(n, 2, 4), year = value(n, 4, 6);
    if (n->is_broken || !is_day_of_century(year, month, day)) return false;
    int64_t number = value(n, 0, 6) * 1000 + value(n, -4, -1);
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[number % 31] == sign(n, -1);
}

static bool no_person(Number *n)
{
    return WEIGHTED(n, 0, 3, 7, 6, 1, 8, 9, 4, 5, 2, 1) % 11 == 0
        && WEIGHTED(n, 0, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1) % 11 == 0;
}

static bool dk_person(Number *n)
{
    return is_day_of_century(value(n, 4, 6), value(n, 2, 4), value(n, 0, 2));
}

static bool br_cpf(Number *n)
{
    if (kinds(n) == 1) return false;
    if (WEIGHTED(n, 0, 10, 9, 8, 7, 6, 5, 4, 3, 2) * 10 % 11 % 10 != digit(n, 9)) return false;
    return WEIGHTED(n, 0, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2) * 10 % 11 % 10 == digit(n, 10);
}

static bool in_aadhaar(Number *n)
{
    static const char *const times[] = {
        "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
        "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
    };
    static const char *const turn[] = {
        "0123456789", "1576283094", "5803796142", "8916043527",
        "9453126870", "4286573901", "2793806415", "7046913258",
    };
    if (is_in(sign(n, 0), "01")) return false;
    int32_t check = 0;
    for (int32_t i = 0; i < n->size; i++) {
        check = times[check][turn[i % 8][digit(n, -1 - i)] - '0'] - '0';
    }
    return check == 0;
}

static bool in_pan(Number *n) { return is_in(sign(n, 3), "ABCFGHLJPT"); }

static bool cn_resident(Number *n)
{
    if (!is_day(value(n, 6, 10), value(n, 10, 12), value(n, 12, 14))) return false;
    int32_t left = WEIGHTED(n, 0, 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2) % 11;
    return "10X98765432"[left] == sign(n, 17);
}

static bool kr_resident(Number *n)
{
    return is_day_of_century(value(n, 0, 2), value(n, 2, 4), value(n, 4, 6))
        && (11 - WEIGHTED(n, 0, 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5) % 11) % 10 == digit(n, 12);
}

static bool jp_number(Number *n)
{
    int32_t left = WEIGHTED(n, 0, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2) % 11;
    return (left <= 1 ? 0 : 11 - left) == digit(n, 11);
}

static bool sg_nric(Number *n)
{
    int32_t total = WEIGHTED(n, 1, 2, 7, 6, 5, 4, 3, 2) + (is_in(sign(n, 0), "TG") ? 4 : 0);
    return (is_in(sign(n, 0), "ST") ? "JZIHGFEDCBA" : "XWUTRQPNMLK")[total % 11] == sign(n, 8);
}

static bool au_tfn(Number *n)
{
    return is_not_zero(n) && WEIGHTED(n, 0, 1, 4, 3, 7, 5, 8, 6, 9, 10) % 11 == 0;
}

static bool ch_ahv(Number *n)
{
    return begins(n, "756", 3) && WEIGHTED(n, 0, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1) % 10 == 0;
}

static bool za_id(Number *n)
{
    return is_day_of_century(value(n, 0, 2), value(n, 2, 4), value(n, 4, 6)) && is_luhn_from(n, 0);
}

static bool tr_id(Number *n)
{
    if (sign(n, 0) == '0') return false;
    int32_t sum = WEIGHTED(n, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1);
    int32_t tenth = (WEIGHTED(n, 0, 7, -1, 7, -1, 7, -1, 7, -1, 7) + 40) % 10;
    if (n->is_broken || tenth != digit(n, 9)) return false;
    return (sum + digit(n, 9)) % 10 == digit(n, 10);
}

/* Women have 50 added to the month, and 20 more where a day had run out of numbers. */
static bool cz_birth(Number *n)
{
    int64_t month = value(n, 2, 4) % 50;
    return is_day_of_century(value(n, 0, 2), month > 20 ? month - 20 : month, value(n, 4, 6))
        && value(n, 0, 9) % 11 % 10 == digit(n, 9);
}

static bool cl_rut(Number *n)
{
    static const int8_t weights[] = {2, 3, 4, 5, 6, 7, 2, 3, 4};
    int32_t total = 0;
    for (int32_t i = 0; i < 9 && i < n->size - 1; i++) total += digit(n, -2 - i) * weights[i];
    return "0123456789K0"[(11 - total % 11) % 11] == sign(n, -1);
}

/* Letters are worth 10 and up; the one between N and O, which no number has, counts. */
static bool mx_curp(Number *n)
{
    int32_t total = 0;
    for (int32_t i = 0; i < 17 && i < n->size; i++) {
        uint8_t found = n->at[i];
        int32_t worth = is_digit(found) ? found - '0' : found - 'A' + 10 + (found > 'N');
        total += worth * (18 - i);
    }
    return '0' + (10 - total % 10) % 10 == sign(n, 17);
}

static bool ie_pps(Number *n)
{
    int32_t extra = n->size > 8 && n->at[8] != 'W' ? n->at[8] - 64 : 0;
    int32_t total = WEIGHTED(n, 0, 8, 7, 6, 5, 4, 3, 2) + (extra + 23) * 9;
    return "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] == sign(n, 7);
}

static bool ro_cnp(Number *n)
{
    int32_t check = WEIGHTED(n, 0, 2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9) % 11;
    return sign(n, 0) != '0' && is_day_of_century(value(n, 1, 3), value(n, 3, 5), value(n, 5, 7))
        && (check == 10 ? 1 : check) == digit(n, 12);
}

static bool pt_nif(Number *n)
{
    int32_t check = 11 - WEIGHTED(n, 0, 9, 8, 7, 6, 5, 4, 3, 2) % 11;
    return is_in(sign(n, 0), "12356789") && (check >= 10 ? 0 : check) == digit(n, 8);
}

/* In the order of SCHEME_NAMES. */
static Judge *const JUDGES[] = {
    us_ssn, us_itin, ca_sin, uk_nino, uk_nhs, de_tax, fr_nir, es_dni, it_fiscal, pl_pesel, nl_bsn,
    be_register, se_person, fi_person, no_person, dk_person, br_cpf, in_aadhaar, in_pan,
    cn_resident, kr_resident, jp_number, sg_nric, au_tfn, ch_ahv, za_id, tr_id, cz_birth, cl_rut,
    mx_curp, ie_pps, ro_cnp, pt_nif,
};
_Static_assert(sizeof JUDGES / sizeof *JUDGES == N_SCHEMES, "a judge for each scheme");

/* Whether one of the schemes accepts the number; one that breaks a scheme before is refused. */
bool passes(const uint8_t *number, int32_t size, uint64_t schemes)
{
    for (int32_t i = 0; i < N_SCHEMES; i++) {
        if (!(schemes >> i & 1)) continue;
        Number n = {number, size, false};
        bool is_valid = JUDGES[i](&n);
        if (n.is_broken) return false;
        if (is_valid) return true;
    }
    return false;
}
