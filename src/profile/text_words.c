#include "profile/text_words.h"

#include "transform/unicode.h"

#define FOLDED_MOST 60 /* bytes: longer words are not shown */
#define FIRST_CAPACITY 256
#define LEAST_DECIDED 10        /* cells whose language is clear */
#define LEAST_DECIDED_SHARE 0.2 /* and of all cells */
#define SHOWN_SHARE 0.02        /* of these: fewer are misreadings */
#define LEAST_OF_DECIDED 0.6    /* of these, in one language: then the column is in it */

ptg_status text_words_start(text_words *w, ptg_error *err)
{
    w->memory = arena_new();
    return w->memory == NULL ? fail_memory(err) : language_index_make(&w->index, err);
}

void text_words_clear(text_words *w)
{
    text_table_clear(&w->as_is);
    text_table_clear(&w->folded);
    language_index_clear(&w->index);
    mem_free(w->folded_as);
    mem_free(w->languages);
    arena_free(w->memory);
    *w = (text_words){0};
}

static ptg_status make_room(text_words *w, ptg_error *err)
{
    if (w->as_is.n <= w->capacity) return PTG_OK;
    const int64_t capacity = w->capacity == 0 ? FIRST_CAPACITY : 2 * w->capacity;
    int32_t *folded_as = mem_resize(w->folded_as, w->capacity, capacity, sizeof *folded_as);
    if (folded_as == NULL) return fail_memory(err);
    w->folded_as = folded_as;
    uint32_t *bits = mem_resize(w->languages, w->capacity, capacity, sizeof *bits);
    if (bits == NULL) return fail_memory(err);
    w->languages = bits;
    w->capacity = capacity;
    return PTG_OK;
}

/* Lower case from the first to the last word character; its size, 0 where there is none or the word is too long. */
static int32_t fold(text word, char out[FOLDED_MOST])
{
    int32_t size = 0, kept = 0;
    for (int64_t at = 0; at < word.size;) {
        const int32_t c = unicode_next(word, &at);
        if (size == 0 && !unicode_is_word(c)) continue;
        if (size + 4 > FOLDED_MOST) return 0;
        size += unicode_put(unicode_lower(c), out + size);
        if (unicode_is_word(c)) kept = size;
    }
    return kept;
}

/* A word that was not seen before: what it folds to, and whose function word that is. */
static ptg_status meet(text_words *w, text word, int32_t code, ptg_error *err)
{
    char folded[FOLDED_MOST];
    TRY(make_room(w, err));
    const text t = {.data = folded, .size = fold(word, folded)};
    w->folded_as[code] = -1;
    w->languages[code] = 0;
    if (t.size == 0) return PTG_OK;
    w->languages[code] = language_of_word(&w->index, t);
    w->folded_as[code] = text_table_find(&w->folded, t);
    if (w->folded_as[code] >= 0) return PTG_OK;
    const char *kept = arena_text(w->memory, folded, (size_t)t.size);
    if (kept == NULL) return fail_memory(err);
    TRY(text_table_add(&w->folded, (text){.data = kept, .size = t.size}, &w->folded_as[code], err));
    w->folded.counts[w->folded_as[code]] = 0;
    return PTG_OK;
}

static void count_characters(text_words *w, text cell, language_votes *votes)
{
    for (int64_t at = 0; at < cell.size;) {
        const int32_t c = unicode_next(cell, &at);
        const bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
        ++w->characters;
        w->digits += digit;
        w->upper += upper;
        w->letters += upper || lower;
        w->punctuation += c > ' ' && c < 127 && !upper && !lower && !digit;
        w->non_ascii += c >= 128;
        language_count_character(votes, c);
    }
}

ptg_status text_words_add(text_words *w, text cell, int64_t *n_words, ptg_error *err)
{
    language_votes votes = {0};
    text rest = cell;
    *n_words = 0;
    for (text word; text_next_word(&rest, &word); ++*n_words) {
        int32_t code;
        const int64_t before = w->as_is.n;
        TRY(text_table_add(&w->as_is, word, &code, err));
        if (w->as_is.n > before) TRY(meet(w, word, code, err));
        if (w->folded_as[code] >= 0) ++w->folded.counts[w->folded_as[code]];
        language_count_word(&votes, w->languages[code]);
    }
    count_characters(w, cell, &votes);
    const int32_t found = language_elect(&votes);
    if (found >= 0) {
        ++w->cells[found];
    } else {
        ++w->undecided;
    }
    return PTG_OK;
}

/* The languages by their cells, most first. */
static void rank_languages(const text_words *w, text_summary *out)
{
    for (int32_t k = 0; k < n_languages; ++k) {
        int32_t at = out->n_languages;
        if (w->cells[k] == 0 || (double)w->cells[k] < SHOWN_SHARE * (double)out->language_decided) continue;
        while (at > 0 && w->cells[k] > out->languages[at - 1].cells)
            --at;
        if (at == SHOWN_LANGUAGES) continue;
        if (out->n_languages < SHOWN_LANGUAGES) ++out->n_languages;
        for (int32_t i = out->n_languages - 1; i > at; --i)
            out->languages[i] = out->languages[i - 1];
        out->languages[at] = (language_cells){.language = k, .cells = w->cells[k]};
    }
}

static void decide_language(const text_words *w, text_summary *out)
{
    int64_t decided = 0;
    for (int32_t k = 0; k < n_languages; ++k)
        decided += w->cells[k];
    out->language = LANGUAGE_UNKNOWN;
    out->language_decided = decided;
    rank_languages(w, out);
    if (decided < LEAST_DECIDED || (double)decided < LEAST_DECIDED_SHARE * (double)(decided + w->undecided)) return;
    if ((double)out->languages[0].cells >= LEAST_OF_DECIDED * (double)decided) out->language = out->languages[0].language;
}

static bool is_of(const text_words *w, int32_t which, text folded)
{
    return which >= 0 && (language_of_word(&w->index, folded) >> which & 1) != 0;
}

static bool stands_before(int64_t count, text word, const shown_value *other)
{
    return count != other->count ? count > other->count : text_compare(word, other->value) < 0;
}

/* The most frequent folded words that say something: no function words of the column's language, and no single letters. */
static void rank_words(const text_words *w, text_summary *out)
{
    for (int64_t i = 0; i < w->folded.n; ++i) {
        const text word = w->folded.values[i];
        int32_t at = out->n_top_words;
        while (at > 0 && stands_before(w->folded.counts[i], word, &out->top_words[at - 1]))
            --at;
        if (at == TOP_VALUES || word.size < 2 || is_of(w, out->language, word)) continue;
        if (out->n_top_words < TOP_VALUES) ++out->n_top_words;
        for (int32_t k = out->n_top_words - 1; k > at; --k)
            out->top_words[k] = out->top_words[k - 1];
        out->top_words[at] = (shown_value){.value = word, .count = w->folded.counts[i]};
    }
    for (int32_t k = 0; k < out->n_top_words; ++k)
        shown_value_keep(&out->top_words[k]);
}

void text_words_end(const text_words *w, text_summary *out)
{
    const double n = (double)(w->characters > 0 ? w->characters : 1);
    out->distinct_words = w->as_is.n;
    out->digit_share = (double)w->digits / n;
    out->punctuation_share = (double)w->punctuation / n;
    out->non_ascii_share = (double)w->non_ascii / n;
    out->upper_share = w->letters > 0 ? (double)w->upper / (double)w->letters : 0;
    decide_language(w, out);
    rank_words(w, out);
}
