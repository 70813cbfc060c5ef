/* A JSON object a line (RFC 8259; NaN and Infinity are taken too), walked once without building anything: each member that is
 * no object is handed on with its dotted name and the bytes of its value. */
#include "table/json_lines.h"

#include <string.h>

#include "table/scan.h"

enum { MOST_DEPTH = 64 };

typedef enum json_kind { JSON_NOTHING, JSON_WORD, JSON_NUMBER_TEXT, JSON_STRING_TEXT, JSON_LIST } json_kind;

typedef struct json_member {
    text name;
    json_kind kind;
    text value; /* of strings the bytes between the quotes */
    bool escaped;
} json_member;

/* One line on its way. */
typedef struct walk {
    const char *at, *end;
    const char *why; /* set once: what is wrong */
    text_buffer path;
    int depth;
    void (*take)(struct walk *w, const json_member *member);
    void *context;
} walk;

static bool refuse(walk *w, const char *why)
{
    if (!w->why) w->why = why;
    return false;
}

static void skip_blanks(walk *w)
{
    while (w->at < w->end && (*w->at == ' ' || *w->at == '\t' || *w->at == '\r'))
        w->at++;
}

static bool take_char(walk *w, char c)
{
    skip_blanks(w);
    if (w->at == w->end || *w->at != c) return false;
    w->at++;
    return true;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

static bool skip_escape(walk *w)
{
    char c = w->at < w->end ? *w->at++ : '\0';
    if (c == 'u') {
        for (int i = 0; i < 4; i++, w->at++)
            if (w->at == w->end || !is_hex(*w->at)) return refuse(w, "an escape \\u needs four hexadecimal digits");
        return true;
    }
    return (c && strchr("\"\\/bfnrt", c)) || refuse(w, "a text holds an unknown escape");
}

/* After the opening quote. */
static bool walk_string(walk *w, text *out, bool *escaped)
{
    out->data = w->at;
    *escaped = false;
    for (;;) {
        while (w->at < w->end && *w->at != '"' && *w->at != '\\')
            w->at++;
        if (w->at == w->end) return refuse(w, "a text in quotes is not closed");
        out->size = w->at - out->data;
        if (*w->at++ == '"') return true;
        *escaped = true;
        if (!skip_escape(w)) return false;
    }
}

static int64_t skip_digits(walk *w)
{
    const char *from = w->at;
    while (w->at < w->end && *w->at >= '0' && *w->at <= '9')
        w->at++;
    return w->at - from;
}

static bool take_word(walk *w, const char *word)
{
    size_t size = strlen(word);
    if ((size_t)(w->end - w->at) < size || memcmp(w->at, word, size)) return false;
    w->at += size;
    return true;
}

static bool walk_number(walk *w)
{
    if (*w->at == '-') w->at++;
    if (take_word(w, "Infinity")) return true;
    if (!skip_digits(w)) return refuse(w, "a value is no JSON value");
    if (w->at < w->end && *w->at == '.') {
        w->at++;
        if (!skip_digits(w)) return refuse(w, "a number ends with its point");
    }
    if (w->at < w->end && (*w->at | 32) == 'e') {
        w->at++;
        if (w->at < w->end && (*w->at == '+' || *w->at == '-')) w->at++;
        if (!skip_digits(w)) return refuse(w, "a number has no digits in its exponent");
    }
    return true;
}

static bool walk_value(walk *w, json_member *member);

/* After its bracket; nested values are only checked. */
static bool walk_list(walk *w)
{
    json_member inner;
    if (++w->depth > MOST_DEPTH) return refuse(w, "values are nested too deep");
    if (!take_char(w, ']')) {
        do {
            if (!walk_value(w, &inner)) return false;
        } while (take_char(w, ','));
        if (!take_char(w, ']')) return refuse(w, "a list is not closed");
    }
    w->depth--;
    return true;
}

static bool walk_object(walk *w, bool handed_on);

static bool walk_value(walk *w, json_member *member)
{
    skip_blanks(w);
    *member = (json_member){.value = {w->at, 0}};
    const char *from = w->at;
    bool fine = false;
    if (take_char(w, '"')) {
        member->kind = JSON_STRING_TEXT;
        return walk_string(w, &member->value, &member->escaped);
    }
    if (take_char(w, '{')) return walk_object(w, false);
    if (take_char(w, '[')) {
        member->kind = JSON_LIST;
        fine = walk_list(w);
    } else if (take_word(w, "null")) {
        return true;
    } else if (take_word(w, "true") || take_word(w, "false") || take_word(w, "NaN")) {
        member->kind = JSON_WORD;
        fine = true;
    } else {
        member->kind = JSON_NUMBER_TEXT;
        fine = w->at < w->end ? *from != '\0' && walk_number(w) : refuse(w, "a value is missing");
    }
    member->value.size = w->at - from;
    return fine;
}

/* "outer" to "outer.name"; returns the size before. */
static int64_t push_name(walk *w, text name, bool escaped)
{
    int64_t before = w->path.size;
    if (before) text_append(&w->path, ".");
    int64_t start = w->path.size;
    text_append_bytes(&w->path, name.data, name.size);
    if (escaped && !w->path.failed) w->path.size = start + json_unescape(name, w->path.data + start);
    return before;
}

static bool walk_member(walk *w, bool handed_on)
{
    text name;
    bool escaped;
    json_member member;
    if (!take_char(w, '"')) return refuse(w, "the name of a member must be a text in double quotes");
    if (!walk_string(w, &name, &escaped)) return false;
    if (!take_char(w, ':')) return refuse(w, "a colon is missing after the name of a member");
    if (!handed_on) return walk_value(w, &member);
    int64_t before = push_name(w, name, escaped);
    bool fine = take_char(w, '{') ? walk_object(w, true) : walk_value(w, &member);
    if (fine && w->at[-1] != '}') {
        member.name = (text){w->path.data, w->path.size};
        w->take(w, &member);
    }
    w->path.size = before;
    return fine && !w->why;
}

/* After its brace. Members of nested objects are handed on under dotted names; those within lists are not. */
static bool walk_object(walk *w, bool handed_on)
{
    if (++w->depth > MOST_DEPTH) return refuse(w, "values are nested too deep");
    if (!take_char(w, '}')) {
        do {
            if (!walk_member(w, handed_on)) return false;
        } while (take_char(w, ','));
        if (!take_char(w, '}')) return refuse(w, "an object is not closed");
    }
    w->depth--;
    return true;
}

/* The whole line; `path` is kept from line to line. */
static bool walk_line(walk *w, text line)
{
    w->at = line.data;
    w->end = line.data + line.size;
    w->depth = 0;
    w->path.size = 0;
    if (!take_char(w, '{')) return refuse(w, "it does not begin with {");
    if (!walk_object(w, true)) return false;
    skip_blanks(w);
    return w->at == w->end || refuse(w, "something follows after the object");
}

/* The next line of `content`, without its end; false at the end of it. */
static bool next_line(text content, int64_t *at, text *line)
{
    if (*at >= content.size) return false;
    const char *from = content.data + *at, *feed = memchr(from, '\n', (size_t)(content.size - *at));
    *line = (text){from, feed ? feed - from : content.size - *at};
    *at += line->size + 1;
    return true;
}

/* What the keys' walk needs: keys and the number of the line. */
typedef struct key_taking {
    json_keys *keys;
    int64_t line;
    bool failed;
} key_taking;

static int32_t add_key(json_keys *keys, text name, uint64_t hash)
{
    if (!keys->memory) keys->memory = arena_new();
    char *copy = keys->memory ? arena_text(keys->memory, name.data, (size_t)name.size) : NULL;
    if (!copy) return -1;
    if (keys->names.n == keys->capacity) {
        int32_t wanted = keys->capacity ? 2 * keys->capacity : 16;
        struct json_key *about = mem_resize(keys->about, keys->capacity, wanted, sizeof *about);
        if (!about) return -1;
        keys->about = about;
        keys->capacity = wanted;
    }
    return dictionary_insert(&keys->names, (text){copy, name.size}, hash);
}

static int32_t find_or_add(json_keys *keys, text name, uint64_t hash)
{
    int32_t i = dictionary_find(&keys->names, name, hash);
    return i >= 0 ? i : add_key(keys, name, hash);
}

static void take_key(walk *w, const json_member *member)
{
    key_taking *t = w->context;
    int32_t i = w->path.failed ? -1 : find_or_add(t->keys, member->name, text_hash(member->name));
    if (i < 0) {
        t->failed = true;
        return;
    }
    struct json_key *about = &t->keys->about[i];
    if (about->seen == t->line) refuse(w, "the object has two members of one name");
    about->seen = t->line;
    about->lists += member->kind == JSON_LIST;
    about->numbers += member->kind == JSON_NUMBER_TEXT;
    t->keys->names.counts[i] += member->kind != JSON_NOTHING;
}

ptg_status json_keys_add(json_keys *keys, text lines, int64_t *bad_at, const char **why, ptg_error *err)
{
    key_taking t = {.keys = keys};
    walk w = {.take = take_key, .context = &t};
    int64_t at = 0;
    text line;
    *why = NULL;
    while (!t.failed && next_line(lines, &at, &line)) {
        t.line++;
        if (scan_is_blank(line) || walk_line(&w, line)) continue;
        *bad_at = line.data - lines.data;
        *why = w.why;
        break;
    }
    text_buffer_clear(&w.path);
    return t.failed ? fail_memory(err) : PTG_OK;
}

ptg_status json_keys_merge(json_keys *to, const json_keys *from, ptg_error *err)
{
    for (int32_t i = 0; i < from->names.n; i++) {
        int32_t k = find_or_add(to, from->names.texts[i], from->names.hashes[i]);
        if (k < 0) return fail_memory(err);
        to->names.counts[k] += from->names.counts[i];
        to->about[k].lists += from->about[i].lists;
        to->about[k].numbers += from->about[i].numbers;
    }
    return PTG_OK;
}

void json_keys_clear(json_keys *keys)
{
    dictionary_clear(&keys->names);
    arena_free(keys->memory);
    mem_free(keys->about);
    *keys = (json_keys){0};
}

struct json_reader {
    const json_keys *keys;
    walk walk;
    field *fields;
    int32_t expected; /* members mostly come in the order of the line before */
};

static void take_field(walk *w, const json_member *member)
{
    json_reader *r = w->context;
    const dictionary *names = &r->keys->names;
    int32_t i = r->expected < names->n ? r->expected : 0;
    if (!text_equal(names->texts[i], member->name)) i = dictionary_find(names, member->name, text_hash(member->name));
    if (i < 0) return;
    r->expected = i + 1;
    r->fields[i] = (field){.data = member->kind == JSON_NOTHING ? "" : member->value.data,
                           .size = member->kind == JSON_NOTHING ? 0 : member->value.size,
                           .quoted = member->kind == JSON_STRING_TEXT,
                           .escaped = member->escaped};
}

json_reader *json_reader_new(const json_keys *keys)
{
    json_reader *r = mem_array(1, sizeof *r);
    if (!r) return NULL;
    r->keys = keys;
    r->walk = (walk){.take = take_field, .context = r};
    return r;
}

void json_reader_free(json_reader *r)
{
    if (!r) return;
    text_buffer_clear(&r->walk.path);
    mem_free(r);
}

bool json_reader_next(json_reader *r, text content, int64_t *at, field *fields)
{
    text line = {NULL, 0};
    next_line(content, at, &line);
    if (scan_is_blank(line)) return false;
    for (int32_t i = 0; i < r->keys->names.n; i++)
        fields[i] = (field){.data = ""};
    r->fields = fields;
    r->expected = 0;
    walk_line(&r->walk, line);
    return true;
}

static uint32_t hex_unit(const char *p)
{
    uint32_t unit = 0;
    for (int i = 0; i < 4; i++)
        unit = unit << 4 | (uint32_t)(p[i] <= '9' ? p[i] - '0' : (p[i] | 32) - 'a' + 10);
    return unit;
}

static char *put_utf8(char *to, uint32_t c)
{
    if (c < 0x80) {
        *to++ = (char)c;
        return to;
    }
    if (c < 0x800) {
        *to++ = (char)(0xC0 | c >> 6);
    } else {
        if (c < 0x10000) {
            *to++ = (char)(0xE0 | c >> 12);
        } else {
            *to++ = (char)(0xF0 | c >> 18);
            *to++ = (char)(0x80 | (c >> 12 & 0x3F));
        }
        *to++ = (char)(0x80 | (c >> 6 & 0x3F));
    }
    *to++ = (char)(0x80 | (c & 0x3F));
    return to;
}

/* \uXXXX at p (after the u), maybe a pair; lone surrogates and NUL become U+FFFD. Returns the bytes that it takes. */
static int64_t read_unit(const char *p, const char *end, uint32_t *out)
{
    uint32_t unit = hex_unit(p);
    *out = unit;
    if (unit >= 0xD800 && unit < 0xDC00 && end - p >= 10 && p[4] == '\\' && p[5] == 'u') {
        uint32_t low = hex_unit(p + 6);
        *out = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        if (low >= 0xDC00 && low < 0xE000) return 10;
    }
    if (!unit || (unit >= 0xD800 && unit < 0xE000)) *out = 0xFFFD;
    return 4;
}

int64_t json_unescape(text raw, char *to)
{
    static const char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    char *start = to;
    const char *p = raw.data, *end = p + raw.size;
    while (p < end) {
        if (*p != '\\') {
            *to++ = *p++;
            continue;
        }
        p++;
        if (*p == 'u') {
            uint32_t c;
            p++;
            p += read_unit(p, end, &c);
            to = put_utf8(to, c);
        } else {
            *to++ = values[strchr(letters, *p) - letters];
            p++;
        }
    }
    return to - start;
}

static void take_nothing(walk *w, const json_member *member)
{
    (void)member;
    *(int *)w->context += 1;
}

bool json_lines_likely(text content)
{
    int members = 0;
    int64_t at = 0;
    text line = {NULL, 0};
    walk w = {.take = take_nothing, .context = &members};
    while (next_line(content, &at, &line) && scan_is_blank(line)) {
    }
    bool fine = line.size && *text_trim(line).data == '{' && walk_line(&w, line) && members;
    text_buffer_clear(&w.path);
    return fine;
}
