/* Texts that may stand for a missing value, and whether they do in a column of words. In a column of numbers or dates every one
 * of them does; among words each kind has a rule of its own (missing_decide_word), because a text that could be a level stays
 * one where the other levels speak for it. */
#include "table/missing.h"

#include <stdio.h>
#include <string.h>

#include "table/cell.h"
#include "table/word_look.h"

static const struct missing_row {
    const char *text; /* ASCII case is ignored */
    missing_kind kind;
} rows[] = {
    {"null", MISSING_MARK},
    {"nan", MISSING_MARK},
    {"nat", MISSING_MARK},
    {"?", MISSING_MARK},
    {"??", MISSING_MARK},
    {"#n/a", MISSING_MARK},
    {"#na", MISSING_MARK},
    {"#null!", MISSING_MARK},
    {"#value!", MISSING_MARK},
    {"#ref!", MISSING_MARK},
    {"#num!", MISSING_MARK},
    {"#div/0!", MISSING_MARK},
    {"#name?", MISSING_MARK},
    {"<na>", MISSING_MARK},
    {"<null>", MISSING_MARK},
    {"(null)", MISSING_MARK},
    {"[null]", MISSING_MARK},
    {"\\n", MISSING_MARK}, /* \N */
    {"1.#qnan", MISSING_MARK},
    {"-1.#ind", MISSING_MARK},
    {"-nan", MISSING_MARK},
    {"undefined", MISSING_MARK},
    {"0000-00-00", MISSING_MARK},
    {"na", MISSING_NA},
    {"n/a", MISSING_NA},
    {"n.a.", MISSING_NA},
    {"n.a", MISSING_NA},
    {"n\\a", MISSING_NA},
    {"none", MISSING_NONE},
    {"nil", MISSING_NONE},
    {"unknown", MISSING_UNKNOWN},
    {"unk", MISSING_UNKNOWN},
    {"missing", MISSING_UNKNOWN},
    {"(missing)", MISSING_UNKNOWN},
    {"<missing>", MISSING_UNKNOWN},
    {"not available", MISSING_UNKNOWN},
    {"not known", MISSING_UNKNOWN},
    {"not specified", MISSING_UNKNOWN},
    {"not recorded", MISSING_UNKNOWN},
    {"not reported", MISSING_UNKNOWN},
    {"not stated", MISSING_UNKNOWN},
    {"unspecified", MISSING_UNKNOWN},
    {"undetermined", MISSING_UNKNOWN},
    {"no data", MISSING_UNKNOWN},
    {"no value", MISSING_UNKNOWN},
    {"blank", MISSING_UNKNOWN},
    {"(blank)", MISSING_UNKNOWN},
    {"empty", MISSING_UNKNOWN},
    {"tbd", MISSING_UNKNOWN},
    {"tba", MISSING_UNKNOWN},
    {"n/k", MISSING_UNKNOWN},
    {"n.k.", MISSING_UNKNOWN},
    {"n/d", MISSING_UNKNOWN},
    {"no answer", MISSING_UNKNOWN},
    {"not provided", MISSING_UNKNOWN},
    {"not given", MISSING_UNKNOWN},
    {"not entered", MISSING_UNKNOWN},
    {"not determined", MISSING_UNKNOWN},
    {"unavailable", MISSING_UNKNOWN},
    {"xxx", MISSING_UNKNOWN},
    {"-", MISSING_DASH},
    {"--", MISSING_DASH},
    {"---", MISSING_DASH},
    {".", MISSING_DASH},
    {"..", MISSING_DASH},
    {"*", MISSING_DASH},
    {"_", MISSING_DASH},
    {"\xE2\x80\x93", MISSING_DASH},
    {"\xE2\x80\x94", MISSING_DASH},
};
enum { LONGEST = 16 };

/* Bytes that begin one of the texts: nearly all cells are passed over by it. */
static const bool begins[256] = {
    ['n'] = true,  ['N'] = true, ['?'] = true, ['#'] = true, ['<'] = true, ['('] = true, ['['] = true,
    ['\\'] = true, ['1'] = true, ['-'] = true, ['u'] = true, ['U'] = true, ['0'] = true, ['m'] = true,
    ['M'] = true,  ['.'] = true, ['*'] = true, ['_'] = true, ['b'] = true, ['B'] = true, ['e'] = true,
    ['E'] = true,  ['t'] = true, ['T'] = true, ['x'] = true, ['X'] = true, [0xE2] = true};

missing_kind missing_kind_of(text cell)
{
    if (!cell.size || cell.size > LONGEST + 16) return MISSING_NOT;
    if ((unsigned char)*cell.data > ' ' && !begins[(unsigned char)*cell.data]) return MISSING_NOT;
    text bare = text_trim(cell);
    if (!bare.size || bare.size > LONGEST || !begins[(unsigned char)*bare.data]) return MISSING_NOT;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if ((*bare.data | 32) == (*rows[i].text | 32) && text_equal_folded(bare, rows[i].text)) return rows[i].kind;
    return MISSING_NOT;
}

bool missing_is_wide_token(text cell)
{
    return missing_kind_of(cell) != MISSING_NOT;
}

typedef struct spelling {
    int letters, lower, upper, signs, others;
    bool title; /* an upper-case letter, then lower-case ones */
} spelling;

static spelling spelling_of(text t)
{
    spelling s = {0};
    text bare = text_trim(t);
    for (int64_t i = 0; i < bare.size && i < 64; i++) {
        char c = bare.data[i];
        bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z';
        s.lower += lower;
        s.upper += upper;
        s.signs += !lower && !upper && c > ' ' && c < 0x7F && !(c >= '0' && c <= '9');
        s.others += !lower && !upper;
        if (!i) s.title = upper;
    }
    s.letters = s.lower + s.upper;
    s.title = s.title && s.lower > 0 && s.lower >= s.upper;
    return s;
}

missing_words missing_survey(const dictionary *words)
{
    missing_words m = {0};
    for (int32_t i = 0; i < words->n; i++) {
        m.filled += words->counts[i];
        if (word_missing_kind(words, i) != MISSING_NOT) continue;
        spelling s = spelling_of(words->texts[i]);
        m.others++;
        if (words->counts[i] > m.most) m.most = words->counts[i];
        m.of_two_letters += s.upper == 2 && s.letters == 2 && !s.others;
        m.of_signs += s.signs == 1 && s.others == 1 && !s.letters;
        m.lower += s.lower > 0 && !s.upper;
        m.upper += s.upper > 0 && !s.lower;
        m.title += s.title;
        m.known |= text_equal_folded(text_trim(words->texts[i]), "known");
    }
    return m;
}

/* Some other level is spelled in the same case. */
static bool is_spelled_alike(const missing_words *m, text word)
{
    spelling s = spelling_of(word);
    if (!s.letters) return true;
    if (s.title) return m->title > 0;
    return s.upper ? m->upper > 0 : m->lower > 0;
}

static bool say(char reason[MISSING_REASON_SIZE], bool missing, const char *why)
{
    snprintf(reason, MISSING_REASON_SIZE, "%s", why);
    return missing;
}

static bool decide_mark(const missing_words *m, text word, char *reason)
{
    spelling s = spelling_of(word);
    if (s.title && s.others == 0 && s.upper == 1 && m->others >= 5 && m->title * 2 > m->others)
        return say(reason, false, "It is spelled like the names that most other values are.");
    return say(reason, true, "Software writes it where there is no value.");
}

static bool decide_na(const missing_words *m, int64_t count, bool values_only, char *reason)
{
    if (m->others >= 3 && m->of_two_letters * 10 >= m->others * 9 && count <= m->most)
        return say(reason, false, "The other values are codes of two capital letters too, so that it is one of them.");
    if (count * 2 > m->filled && m->others <= 20 && !values_only)
        return say(reason, false, "It stands in more than half of the cells, beside few levels: it tells that there is none.");
    return say(reason, true, "It is the usual mark of a missing value, and nothing in the column speaks for a level.");
}

static bool decide_none(const missing_words *m, text word, int64_t count, char *reason)
{
    if (m->others >= 100) return say(reason, true, "It stands among more than a hundred different values, none of its kind.");
    if (m->others >= 2 && count * 20 <= m->filled && !is_spelled_alike(m, word))
        return say(reason, true, "It is rare, and spelled like no other level: a program wrote it.");
    return say(reason, false, "It can be a level of its own, 'has none'.");
}

static bool decide_unknown(const missing_words *m, int64_t count, char *reason)
{
    if (m->known) return say(reason, false, "'known' is a level too, so that it is the other state.");
    if (count * 2 > m->filled)
        return say(reason, false, "It stands in more than half of the cells, so that it tells more than a gap would.");
    if (m->others < 2) return say(reason, false, "There is one other level only; without it the column would say nothing.");
    return say(reason, true, "It names no value, beside levels that do.");
}

static bool decide_dash(const missing_words *m, char *reason)
{
    if (m->of_signs) return say(reason, false, "Another level is a single sign too.");
    if (!m->others) return say(reason, true, "There is no other value.");
    return say(reason, true, "It is a sign where the other levels are words.");
}

bool missing_decide_word(const missing_words *m, text word, int64_t count, bool values_only, char reason[MISSING_REASON_SIZE])
{
    missing_kind kind = missing_kind_of(word);
    if (values_only && kind != MISSING_MARK && kind != MISSING_NA)
        return say(reason, false, "It may be a class of the target.");
    switch (kind) {
    case MISSING_MARK:
        return decide_mark(m, word, reason);
    case MISSING_NA:
        return decide_na(m, count, values_only, reason);
    case MISSING_NONE:
        return decide_none(m, word, count, reason);
    case MISSING_UNKNOWN:
        return decide_unknown(m, count, reason);
    case MISSING_DASH:
        return decide_dash(m, reason);
    default:
        return say(reason, false, "It is a value like any other.");
    }
}
