/* Numbers that say themselves whether they are real: cards and accounts. As `numbers.py`.
 *
 * People's official numbers are in schemes.c.
 */
#include "scan.h"

typedef struct { int32_t width, low, high; uint32_t lengths; } Brand;

#define OF(length) (1u << (length))

/* Digits of the prefix, lowest and highest prefix, lengths of the whole number. */
static const Brand BRANDS[] = {
    {1, 4, 4, OF(13) | OF(16) | OF(19)},
    {2, 51, 55, OF(16)},
    {4, 2221, 2720, OF(16)},
    {2, 34, 34, OF(15)},
    {2, 37, 37, OF(15)},
    {4, 6011, 6011, OF(16) | OF(19)},
    {3, 644, 649, OF(16) | OF(19)},
    {2, 65, 65, OF(16) | OF(19)},
    {4, 3528, 3589, OF(16) | OF(19)},
    {3, 300, 305, OF(14)},
    {2, 36, 36, OF(14)},
    {2, 38, 39, OF(14) | OF(16)},
    {2, 62, 62, OF(16) | OF(17) | OF(18) | OF(19)},
};

/* Whether the last digit is the Luhn check digit of the rest. Source: ISO/IEC 7812-1, annex B. */
bool is_luhn(const uint8_t *digits, int32_t size)
{
    static const uint8_t doubled[] = {0, 2, 4, 6, 8, 1, 3, 5, 7, 9};
    uint32_t sum = 0;
    for (int32_t i = 0; i < size; i++) {
        uint8_t digit = digits[size - 1 - i] - '0';
        if (digit > 9) return false;
        sum += i % 2 ? doubled[digit] : digit;
    }
    return sum % 10 == 0;
}

/* Whether a card brand issues numbers with this prefix and length. */
bool has_brand(const uint8_t *digits, int32_t size)
{
    if (size < 13 || size > 19) return false;
    int32_t prefixes[5] = {0};
    for (int32_t i = 0; i < 4; i++) prefixes[i + 1] = prefixes[i] * 10 + digits[i] - '0';
    for (size_t i = 0; i < sizeof BRANDS / sizeof *BRANDS; i++) {
        const Brand *brand = &BRANDS[i];
        int32_t prefix = prefixes[brand->width];
        if (brand->low <= prefix && prefix <= brand->high && brand->lengths & OF(size)) return true;
    }
    return false;
}

/* The remainder of `sum` with one more sign behind it, of ISO 7064 mod 97-10: A is 10, Z is 35. */
static int32_t with_sign(int32_t sum, uint8_t sign)
{
    if (is_digit(sign)) return (sum * 10 + sign - '0') % 97;
    return (sum * 100 + lowered(sign) - 'a' + 10) % 97;
}

/* Where the IBAN of `length` signs that begins at `start` ends, or -1. Source: ISO 13616-1.
 *
 * Blanks and dashes do not count. The first four signs are reckoned last.
 */
int32_t iban_end(Text text, int32_t start, int32_t length)
{
    uint8_t first[4];
    int32_t count = 0, sum = 0;
    int64_t limit = (int64_t)start + (int64_t)length * 2;
    if (limit > text.size) limit = text.size;
    for (int32_t place = start; place < limit; place++) {
        uint8_t sign = text.at[place];
        if (!is_alnum(sign)) {
            if (sign != ' ' && sign != '+' && sign != '-') return -1;
            continue;
        }
        if (count < 4) first[count] = sign;
        else sum = with_sign(sum, sign);
        if (++count != length) continue;
        for (int32_t i = 0; i < count && i < 4; i++) sum = with_sign(sum, first[i]);
        return sum == 1 ? place + 1 : -1;
    }
    return -1;
}
