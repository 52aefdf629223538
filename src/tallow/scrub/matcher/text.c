/* Small questions about signs and words. */
#include "book.h"

#define LONGEST_WORD 64

/* Whether `at` is one of the words; they are sorted. */
bool has_word(const WordSet *set, const uint8_t *at, int32_t size)
{
    int32_t low = 0, high = set ? set->count : 0;
    while (low < high) {
        int32_t middle = (low + high) / 2;
        int32_t length = set->sizes[middle];
        int order = memcmp(at, set->words[middle], (size_t)(size < length ? size : length));
        if (order == 0) order = size - length;
        if (order == 0) return true;
        if (order < 0) high = middle; else low = middle + 1;
    }
    return false;
}

bool has_lowered(const WordSet *set, const uint8_t *at, int32_t size)
{
    uint8_t word[LONGEST_WORD];
    if (size > LONGEST_WORD) return false;
    for (int32_t i = 0; i < size; i++) word[i] = lowered(at[i]);
    return has_word(set, word, size);
}

const WordSet *word_set(const Book *book, WordSetName name) { return &book->sets_of_words[name]; }

bool keeps_private(const Book *book) { return book->keeps_private; }
bool scrubs_users(const Book *book) { return book->scrubs_users; }
int32_t label_encoded(const Book *book) { return book->label_encoded; }
int32_t label_url_user(const Book *book) { return book->label_url_user; }

int32_t iban_length(const Book *book, uint8_t first, uint8_t second)
{
    if (!is_alpha(first) || !is_alpha(second)) return 0;
    return book->iban_lengths[(lowered(first) - 'a') * 26 + (lowered(second) - 'a')];
}
