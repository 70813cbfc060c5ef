/* Bytes to UTF-8. A file is UTF-8 unless a byte order mark or an invalid sequence says otherwise. Windows-1252 holds Latin-1 as
 * its printable part (WHATWG Encoding Standard, index-windows-1252), so that one table serves both. */
#include "table/encoding.h"

#include <string.h>

#include "base/memory.h"

static const uint16_t windows_1252[32] = {0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                          0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
                                          0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                          0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

static char *put_code_point(char *to, uint32_t c)
{
    if (c < 0x80) {
        *to++ = (char)c;
    } else if (c < 0x800) {
        *to++ = (char)(0xC0 | (c >> 6));
        *to++ = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        *to++ = (char)(0xE0 | (c >> 12));
        *to++ = (char)(0x80 | ((c >> 6) & 0x3F));
        *to++ = (char)(0x80 | (c & 0x3F));
    } else {
        *to++ = (char)(0xF0 | (c >> 18));
        *to++ = (char)(0x80 | ((c >> 12) & 0x3F));
        *to++ = (char)(0x80 | ((c >> 6) & 0x3F));
        *to++ = (char)(0x80 | (c & 0x3F));
    }
    return to;
}

static void adopt(encoding_text *t, char *owned, const char *end)
{
    mem_free(t->owned);
    t->owned = owned;
    t->content = (text){owned, end - owned};
}

static uint32_t unit_at(const unsigned char *p, bool big)
{
    return big ? (uint32_t)(p[0] << 8 | p[1]) : (uint32_t)(p[1] << 8 | p[0]);
}

/* UTF-16 from `bytes` on; unpaired surrogates and a last odd byte become U+FFFD. */
static ptg_status convert_utf16(encoding_text *t, text bytes, bool big, const char *note, ptg_error *err)
{
    const unsigned char *p = (const unsigned char *)bytes.data, *end = (const unsigned char *)bytes.data + bytes.size;
    char *owned = mem_array(bytes.size / 2 + 1, 3);
    if (!owned) return fail_memory(err);
    char *to = owned;
    for (; p + 2 <= end; p += 2) {
        uint32_t unit = unit_at(p, big);
        if (unit >= 0xD800 && unit < 0xDC00 && p + 4 <= end) {
            uint32_t low = unit_at(p + 2, big);
            if (low >= 0xDC00 && low < 0xE000) {
                unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                p += 2;
            }
        }
        to = put_code_point(to, unit >= 0xD800 && unit < 0xE000 ? 0xFFFD : unit);
    }
    if (p < end) to = put_code_point(to, 0xFFFD);
    adopt(t, owned, to);
    t->name = "utf-16";
    t->note = note;
    return PTG_OK;
}

/* UTF-16 without a mark: ASCII characters leave zeros at the even (big end first) or at the odd bytes only. Returns 0, 'b',
 * 'l'.
 */
static char unmarked_utf16(text bytes)
{
    int64_t zeros[2] = {0, 0}, size = (bytes.size < 1 << 16 ? bytes.size : 1 << 16) & ~(int64_t)1;
    for (int64_t i = 0; i < size; i++)
        zeros[i & 1] += !bytes.data[i];
    int64_t least = size / 20 + 2;
    if (zeros[0] >= least && !zeros[1]) return 'b';
    return zeros[1] >= least && !zeros[0] ? 'l' : '\0';
}

static ptg_status find_encoding(encoding_text *out, text bytes, ptg_error *err)
{
    const text after = {bytes.data + 2, bytes.size - 2};
    char unmarked = unmarked_utf16(bytes);
    if (bytes.size >= 2 && !memcmp(bytes.data, "\xFF\xFE", 2))
        return convert_utf16(out, after, false, "UTF-16 (little-endian) was converted to UTF-8.", err);
    if (bytes.size >= 2 && !memcmp(bytes.data, "\xFE\xFF", 2))
        return convert_utf16(out, after, true, "UTF-16 (big-endian) was converted to UTF-8.", err);
    if (unmarked == 'l')
        return convert_utf16(out, bytes, false, "UTF-16 (little-endian, without a mark) was converted to UTF-8.", err);
    if (unmarked == 'b')
        return convert_utf16(out, bytes, true, "UTF-16 (big-endian, without a mark) was converted to UTF-8.", err);
    if (bytes.size >= 3 && !memcmp(bytes.data, "\xEF\xBB\xBF", 3)) {
        out->content = (text){bytes.data + 3, bytes.size - 3};
        out->name = "utf-8-sig";
        out->note = "The file begins with a UTF-8 byte order mark, which was passed over.";
    }
    return PTG_OK;
}

ptg_status encoding_begin(text bytes, encoding_text *out, ptg_error *err)
{
    *out = (encoding_text){.content = bytes, .name = "utf-8", .note = ""};
    TRY(find_encoding(out, bytes, err));
    bool feeds = out->content.size && memchr(out->content.data, '\n', (size_t)out->content.size);
    bool returns = !feeds && out->content.size && memchr(out->content.data, '\r', (size_t)out->content.size);
    ptg_status status = returns ? encoding_split_returns(out, err) : PTG_OK;
    if (status == PTG_OK && returns) out->line_ends = "cr";
    if (status != PTG_OK) encoding_clear(out);
    return status;
}

/* A copy to write into: content that was converted is changed where it is. */
static ptg_status own(encoding_text *t, ptg_error *err)
{
    if (t->owned && t->owned == t->content.data) return PTG_OK;
    char *owned = mem_array(t->content.size + 1, 1);
    if (!owned) return fail_memory(err);
    memcpy(owned, t->content.data, (size_t)t->content.size);
    adopt(t, owned, owned + t->content.size);
    return PTG_OK;
}

int64_t encoding_turn_returns(char *data, int64_t size)
{
    int64_t n = 0;
    for (int64_t i = 0, end; i < size; i = end + 1) {
        for (end = i; end < size && data[end] == '\r'; end++) {
        }
        if (end == i || (end < size && data[end] == '\n')) continue;
        memset(data + i, '\n', (size_t)(end - i));
        n += end - i;
    }
    return n;
}

ptg_status encoding_split_returns(encoding_text *t, ptg_error *err)
{
    TRY(own(t, err));
    encoding_turn_returns(t->owned, t->content.size);
    t->line_ends = "mixed";
    return PTG_OK;
}

ptg_status encoding_replace_nul(encoding_text *t, int64_t n_nul, ptg_error *err)
{
    char *owned = mem_array(t->content.size + 2 * n_nul + 1, 1);
    if (!owned) return fail_memory(err);
    char *to = owned;
    for (int64_t i = 0; i < t->content.size; i++) {
        if (t->content.data[i])
            *to++ = t->content.data[i];
        else
            to = put_code_point(to, 0xFFFD);
    }
    adopt(t, owned, to);
    t->n_nul = n_nul;
    return PTG_OK;
}

/* Length of the valid UTF-8 sequence at p, or 0. */
static int sequence_at(const char *p, const char *end)
{
    unsigned char c = (unsigned char)*p;
    int length = c < 0x80 ? 1 : c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
    return end - p >= length && text_is_utf8((text){p, length}) ? length : 0;
}

static ptg_status replace_broken(encoding_text *t, int64_t n_broken, ptg_error *err)
{
    const char *p = t->content.data, *end = p + t->content.size;
    char *owned = mem_array(t->content.size + 2 * n_broken + 1, 1);
    if (!owned) return fail_memory(err);
    char *to = owned;
    while (p < end) {
        int length = sequence_at(p, end);
        if (!length) {
            to = put_code_point(to, 0xFFFD);
            p++;
            continue;
        }
        memcpy(to, p, (size_t)length);
        to += length;
        p += length;
    }
    adopt(t, owned, to);
    t->n_broken = n_broken;
    return PTG_OK;
}

static ptg_status convert_windows_1252(encoding_text *t, ptg_error *err)
{
    char *owned = mem_array(t->content.size + 1, 3);
    if (!owned) return fail_memory(err);
    char *to = owned;
    bool windows = false;
    for (int64_t i = 0; i < t->content.size; i++) {
        unsigned char c = (unsigned char)t->content.data[i];
        bool upper = c >= 0x80 && c < 0xA0;
        windows |= upper;
        to = put_code_point(to, upper ? windows_1252[c - 0x80] : c);
    }
    adopt(t, owned, to);
    t->name = windows ? "windows-1252" : "latin-1";
    t->note = windows ? "The bytes are not UTF-8; they were read as Windows-1252 and converted."
                      : "The bytes are not UTF-8; they were read as Latin-1 and converted.";
    return PTG_OK;
}

ptg_status encoding_repair(encoding_text *t, ptg_error *err)
{
    int64_t n_valid = 0, n_broken = 0;
    for (const char *p = t->content.data, *end = p + t->content.size; p < end;) {
        int length = sequence_at(p, end);
        n_broken += !length;
        n_valid += length > 1;
        p += length ? length : 1;
    }
    return n_valid > 10 * n_broken ? replace_broken(t, n_broken, err) : convert_windows_1252(t, err);
}

void encoding_clear(encoding_text *t)
{
    mem_free(t->owned);
    *t = (encoding_text){0};
}
