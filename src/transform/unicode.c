/* Unicode by tables of ranges with binary search; ASCII takes a short way. The tables are made by tools/make_unicode_tables.py
 * from Python's own, so that tokens are those of scikit-learn. */
#include "transform/unicode.h"

#include <stddef.h>

#include "transform/unicode_tables.h"

static bool is_continuation(text t, int64_t at)
{
    return at < t.size && ((unsigned char)t.data[at] & 0xC0) == 0x80;
}

/* Length of the sequence that `lead` opens; 0 when none. */
static int sequence_length(unsigned char lead)
{
    if (lead >= 0xC2 && lead <= 0xDF) return 2;
    if (lead >= 0xE0 && lead <= 0xEF) return 3;
    if (lead >= 0xF0 && lead <= 0xF4) return 4;
    return 0;
}

int32_t unicode_next(text t, int64_t *at)
{
    static const int32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char lead = (unsigned char)t.data[(*at)++];
    if (lead < 0x80) return lead;
    int length = sequence_length(lead);
    if (length == 0) return UNICODE_INVALID;
    int32_t c = lead & (0xFF >> (length + 1));
    for (int i = 0; i < length - 1; i++) {
        if (!is_continuation(t, *at + i)) return UNICODE_INVALID;
        c = c << 6 | ((unsigned char)t.data[*at + i] & 0x3F);
    }
    if (c < least[length] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) return UNICODE_INVALID;
    *at += length - 1;
    return c;
}

int unicode_put(int32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    int length = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const int lead[5] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (int i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (c & 0x3F));
        c >>= 6;
    }
    out[0] = (char)(lead[length] | c);
    return length;
}

bool unicode_is_word(int32_t c)
{
    if (c < 128) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    size_t low = 0, high = sizeof word_ranges / sizeof word_ranges[0];
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c > word_ranges[middle][1])
            low = middle + 1;
        else
            high = middle;
    }
    return low < sizeof word_ranges / sizeof word_ranges[0] && c >= word_ranges[low][0];
}

bool unicode_is_space(int32_t c)
{
    if (c < 128) return c == ' ' || (c >= 9 && c <= 13) || (c >= 28 && c <= 31);
    return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
           c == 0x205F || c == 0x3000;
}

int32_t unicode_lower(int32_t c)
{
    if (c < 128) return c >= 'A' && c <= 'Z' ? c + 32 : c;
    if (c == 0x130) return 'i';
    size_t low = 0, high = sizeof lower_runs / sizeof lower_runs[0];
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c > lower_runs[middle][1])
            low = middle + 1;
        else
            high = middle;
    }
    if (low == sizeof lower_runs / sizeof lower_runs[0]) return c;
    const int32_t *run = lower_runs[low];
    return c >= run[0] && (c - run[0]) % run[2] == 0 ? c + run[3] : c;
}
