/* Whether words around announce a telephone number: `_is_announced` of `phones.py`. */
#include "scan.h"

#define ANNOUNCED 32 /* signs before a number that may announce it */
#define NEAR 12      /* signs between a verb and its number */

/* Words that announce a number, by their last letter: those of `_PHONE_WORD`.
 *
 * A blank before one: it begins a word; an exclamation mark: it is a verb as well. The others may
 * end longer words. `telefon` is not among them: it may go on.
 */
static const char *const WORDS_BEFORE[26][9] = {
    ['a' - 'a'] = {" 2fa"},
    ['b' - 'a'] = {" mob"},
    ['d' - 'a'] = {"!called", "!dialed", "!dialled", "!texted", "!reached"},
    ['e' - 'a'] = {"phone", "mobile", "hotline", " portable", " landline"},
    ['f' - 'a'] = {" tlf"},
    ['g' - 'a'] = {"!calling", "!ring"},
    ['h' - 'a'] = {"!reach", " ph"},
    ['k' - 'a'] = {" callback"},
    ['l' - 'a'] = {"mobil", " tel", " movil", " cell", "!call", "!dial", "!signal"},
    ['m' - 'a'] = {" gsm"},
    ['n' - 'a'] = {"msisdn", "puhelin"},
    ['o' - 'a'] = {" telfono", " numero"},
    ['p' - 'a'] = {"whatsapp", " otp", " hotp", " totp"},
    ['r' - 'a'] = {"celular", "rufnummer", "handynummer", "handynr", "mobilnummer", "mobilnr", " viber", " caller"},
    ['s' - 'a'] = {" sms"},
    ['t' - 'a'] = {"!contact", " kontakt"},
    ['x' - 'a'] = {"fax"},
    ['y' - 'a'] = {"handy"},
};

/* Whether `at` holds `size` signs that are the lower-case `word`, in any case. */
static bool is_word(const uint8_t *at, int32_t size, const char *word)
{
    int32_t i = 0;
    while (i < size && lowered(at[i]) == (uint8_t)word[i]) i++;
    return i == size;
}

/* Whether a word begins at `place`: `tel` of `workTel`, not of `hotel`. */
static bool begins_word(Text text, int32_t place)
{
    uint8_t before = sign_at(text, place - 1);
    return !is_alpha(before) || (is_lower(before) && is_upper(text.at[place]));
}

/* From where on words speak of the number at `start`: `_said_from`. */
static int32_t said_from(Job *job, int32_t start)
{
    Match match;
    int32_t low = start > ANNOUNCED ? start - ANNOUNCED : 0;
    if (search(job, PHONES_LAST_WORD, low, start, &match)
        && has_lowered(word_set(job->book, PHONES_COUNTED), job->text.at + match.groups[0],
                       match.groups[1] - match.groups[0]))
        return start;
    low = start > 2 * ANNOUNCED ? start - 2 * ANNOUNCED : 0;
    while (search(job, PHONES_MARKED, low, start, &match)) low = match.end;
    return search(job, PHONES_NEXT_FIELD, low, start, &match) ? match.start : low;
}

/* Whether one of the words ends at `end`, no sign of it before `low`, and announces the number. */
static bool has_word_before(Job *job, int32_t low, int32_t end, int32_t start, int32_t *from)
{
    Text text = job->text;
    Match match;
    uint8_t last = lowered(text.at[end - 1]);
    if (!is_lower(last)) return false;
    const char *const *words = WORDS_BEFORE[last - 'a'];
    for (int i = 0; i < 8 && words[i]; i++) {
        char kind = words[i][0];
        const char *word = words[i] + (kind == ' ' || kind == '!');
        int32_t size = (int32_t)strlen(word), first = end - size;
        if (first < low || !is_word(text.at + first, size, word)) continue;
        if (word != words[i] && !begins_word(text, first)) continue;
        if (*from < 0) *from = said_from(job, start);
        if (first < *from) continue;
        if (kind != '!' || start - end <= NEAR || search(job, PHONES_LINK, end, start, &match))
            return true;
    }
    return false;
}

/* Whether `telefon` is among the signs of [low, high), and announces the number. */
static bool has_telefon(Job *job, int32_t low, int32_t high, int32_t start, int32_t *from)
{
    for (; low + 7 <= high; low++) {
        if (!is_word(job->text.at + low, 7, "telefon")) continue;
        if (*from < 0) *from = said_from(job, start);
        return low >= *from;
    }
    return false;
}

/* Whether a word announces the number that begins at `start`: the words before it.
 *
 * A word ends where no letter or digit follows, and no id: `phone_id`.
 */
static bool is_announced_before(Job *job, int32_t start)
{
    Text text = job->text;
    int32_t low = start > ANNOUNCED ? start - ANNOUNCED : 0, first = low, from = -1;
    for (int32_t end = low; end <= start; end++) {
        uint8_t next = end < start ? text.at[end] : 0;
        if (end < start && is_alnum(next)) continue;
        bool is_id = (next == ' ' || next == '_' || next == '-') && end + 3 <= start
                     && is_word(text.at + end + 1, 2, "id");
        if (end > low && !is_id
            && (has_word_before(job, low, end, start, &from)
                || has_telefon(job, first, end, start, &from)))
            return true;
        if (next != '_') first = end + 1;
    }
    return false;
}

bool is_announced(Job *job, int32_t start, int32_t end)
{
    Text text = job->text;
    Match match;
    if (is_announced_before(job, start)) return true;
    int32_t place = end;
    while (place < end + 3 && place < text.size && !is_alnum(text.at[place]) && text.at[place] != '\n')
        place++;
    return is_alpha(sign_at(text, place))
           && match_at(job, PHONES_PHONE_WORD_AFTER, end, text.size, &match);
}
