/* LightGBM's model text (version v4) to tree_model. A tree is a block of lines KEY=VALUES. Inner nodes are numbered from 0 with
 * children behind their parents; a negative child c is leaf ~c. Here the leaves stand behind all inner nodes.
 *
 * decision_type: bit 0 a category (value: number of its bit set), bit 1 missing goes left, bits 2-3 what is missing: 0 nothing
 * (NaN is read as 0), 1 zero, 2 NaN. A missing or unseen category goes right. Numbers go left when <= threshold. */
#include "learn/lightgbm_trees.h"

#include <float.h>
#include <math.h>

#include "base/number.h"
#include "trees/tree_builder.h"

/* The lines of a tree that matter. */
enum {
    LEAF_VALUE,
    LEAF_COUNT,
    SPLIT_FEATURE,
    THRESHOLD,
    DECISION,
    LEFT,
    RIGHT,
    INNER_COUNT,
    CAT_BOUNDARIES,
    CAT_WORDS,
    N_LINES
};
static const char *const line_names[N_LINES] = {"leaf_value",     "leaf_count",   "split_feature", "threshold",
                                                "decision_type",  "left_child",   "right_child",   "internal_count",
                                                "cat_boundaries", "cat_threshold"};

/* The text of a tree, and its numbers in an arena that is reset from tree to tree. */
typedef struct block {
    int64_t number;
    int64_t n_leaves;
    bool linear;
    text lines[N_LINES];
    double *values[N_LINES];
    int64_t counts[N_LINES];
} block;

typedef struct converter {
    const lightgbm_source *source;
    tree_builder builder;
    arena *scratch;
    text rest;
} converter;

static ptg_status damaged(const char *what, int64_t t, ptg_error *err)
{
    return fail(err, PTG_ERROR_LIBRARY, "LightGBM's model cannot be read: tree %lld has %s.", (long long)t, what);
}

/* The next line without its end; false at the end of the text. */
static bool next_line(text *rest, text *line)
{
    if (rest->size <= 0) return false;
    int64_t n = 0;
    while (n < rest->size && rest->data[n] != '\n')
        n++;
    *line = (text){rest->data, n};
    int64_t taken = n < rest->size ? n + 1 : n;
    *rest = (text){rest->data + taken, rest->size - taken};
    return true;
}

/* The value of a line KEY=VALUE with this key. */
static bool value_of(text line, const char *key, text *value)
{
    int64_t n = 0;
    for (; key[n]; n++)
        if (n >= line.size || line.data[n] != key[n]) return false;
    if (n >= line.size || line.data[n] != '=') return false;
    *value = (text){line.data + n + 1, line.size - n - 1};
    return true;
}

/* A number; the library writes a threshold that only missing values pass as inf. */
static bool read_number(text t, double *out)
{
    if (number_read(t, out)) return true;
    *out = INFINITY;
    return text_equal_to(t, "inf");
}

/* A line of numbers between blanks. */
static ptg_status read_numbers(converter *c, const block *b, text line, double **values, int64_t *count, ptg_error *err)
{
    int64_t n = line.size > 0;
    for (int64_t i = 0; i < line.size; i++)
        n += line.data[i] == ' ';
    *values = arena_array(c->scratch, n, sizeof **values);
    if (!*values) return fail_memory(err);
    for (int64_t i = 0, from = 0; from < line.size; i++) {
        int64_t to = from;
        while (to < line.size && line.data[to] != ' ')
            to++;
        if (!read_number((text){line.data + from, to - from}, &(*values)[i]))
            return damaged("a number that is none", b->number, err);
        *count = i + 1;
        from = to + 1;
    }
    return PTG_OK;
}

/* The lines up to the blank one that ends the tree. */
static ptg_status read_block(converter *c, block *b, ptg_error *err)
{
    text line, value;
    while (next_line(&c->rest, &line) && line.size > 0) {
        int64_t leaves = 0;
        if (value_of(line, "num_leaves", &value) && number_read_integer(value, &leaves)) b->n_leaves = leaves;
        if (value_of(line, "is_linear", &value)) b->linear = !text_equal_to(value, "0");
        for (int k = 0; k < N_LINES; k++)
            if (value_of(line, line_names[k], &value)) b->lines[k] = value;
    }
    if (b->n_leaves < 1 || b->n_leaves > INT32_MAX / 2) return damaged("an impossible number of leaves", b->number, err);
    if (b->linear) return damaged("linear leaves, which are not supported", b->number, err);
    for (int k = 0; k < N_LINES; k++)
        TRY(read_numbers(c, b, b->lines[k], &b->values[k], &b->counts[k], err));
    if (b->counts[LEAF_VALUE] != b->n_leaves) return damaged("a wrong number of leaf values", b->number, err);
    for (int k = SPLIT_FEATURE; k <= RIGHT; k++)
        if (b->counts[k] != b->n_leaves - 1 && b->n_leaves > 1) return damaged("arrays of unequal length", b->number, err);
    return PTG_OK;
}

/* Number i of a line; -1 outside of it. */
static double number_of(const block *b, int line, int64_t i)
{
    return i >= 0 && i < b->counts[line] ? b->values[line][i] : -1;
}

static float cover_of(const block *b, int line, int64_t i)
{
    double count = number_of(b, line, i);
    return count > 0 ? (float)count : 0;
}

/* A child as the number of our node; -1 when it is out of range. */
static int32_t child_of(const block *b, double child)
{
    int64_t inner = b->n_leaves - 1;
    if (child >= 0 && child < (double)inner) return (int32_t)child;
    if (child < 0 && -child <= (double)b->n_leaves) return (int32_t)(inner + (int64_t)-child - 1);
    return -1;
}

static ptg_status put_set(converter *c, const block *b, double number, tree_node *node, ptg_error *err)
{
    double from = number_of(b, CAT_BOUNDARIES, (int64_t)number), to = number_of(b, CAT_BOUNDARIES, (int64_t)number + 1);
    if (!(number >= 0) || !(from >= 0) || !(to >= from) || to > (double)b->counts[CAT_WORDS])
        return damaged("a category set out of range", b->number, err);
    uint32_t *words = tree_builder_words(&c->builder, (int64_t)(to - from), &node->bits);
    if (!words) return fail_memory(err);
    node->n_words = (int32_t)(to - from);
    for (int64_t i = 0; i < node->n_words; i++) {
        double word = b->values[CAT_WORDS][(int64_t)from + i];
        if (!(word >= 0 && word <= UINT32_MAX)) return damaged("an impossible category set", b->number, err);
        words[i] = (uint32_t)word;
    }
    return PTG_OK;
}

static ptg_status put_split(converter *c, const block *b, int64_t i, tree_node *node, ptg_error *err)
{
    double where = number_of(b, SPLIT_FEATURE, i), threshold = number_of(b, THRESHOLD, i);
    int decision = (int)number_of(b, DECISION, i), missing = (decision >> 2) & 3;
    if (!(where >= 0 && where < c->source->n_features)) return damaged("a column that does not exist", b->number, err);
    node->feature = (int32_t)where;
    node->left = child_of(b, b->values[LEFT][i]);
    node->right = child_of(b, b->values[RIGHT][i]);
    node->cover = cover_of(b, INNER_COUNT, i);
    if (decision & 1) {
        node->flags = TREE_NODE_CATEGORY;
        return put_set(c, b, threshold, node, err);
    }
    if (missing == 1 || missing == 3) return damaged("zeros that count as missing, which is not supported", b->number, err);
    bool left = missing == 2 ? decision & 2 : 0 <= threshold;
    node->value = threshold < DBL_MAX ? threshold : DBL_MAX;
    node->flags = (uint8_t)(TREE_NODE_LESS_EQUAL | (left ? TREE_NODE_MISSING_LEFT : 0));
    return PTG_OK;
}

static ptg_status put_tree(converter *c, const block *b, ptg_error *err)
{
    int64_t inner = b->n_leaves - 1;
    tree_node *nodes = tree_builder_tree(&c->builder, (int32_t)(b->number % c->source->n_outputs), inner + b->n_leaves);
    if (!nodes) return fail_memory(err);
    for (int64_t i = 0; i < inner; i++)
        TRY(put_split(c, b, i, &nodes[i], err));
    for (int64_t i = 0; i < b->n_leaves; i++)
        nodes[inner + i] =
            (tree_node){.value = b->values[LEAF_VALUE][i], .cover = cover_of(b, LEAF_COUNT, i), .flags = TREE_NODE_LEAF};
    return PTG_OK;
}

static ptg_status check_head(text name, text value, const lightgbm_source *source, ptg_error *err)
{
    int64_t per_round = 0;
    text_shown_buffer shown;
    if (text_equal_to(name, "version") && !text_equal_to(value, "v4"))
        return fail(err, PTG_ERROR_LIBRARY, "LightGBM's model has version '%s', but v4 is known here: install lightgbm 4.",
                    text_shown(value, &shown));
    bool counts = text_equal_to(name, "num_tree_per_iteration");
    if (counts && (!number_read_integer(value, &per_round) || per_round != source->n_outputs))
        return fail(err, PTG_ERROR_LIBRARY, "LightGBM's model cannot be read: it has %lld outputs, but %d were trained.",
                    (long long)per_round, (int)source->n_outputs);
    return PTG_OK;
}

static ptg_status put_trees(converter *c, ptg_error *err)
{
    text line, value;
    int64_t keep = c->source->rounds * c->source->n_outputs;
    while (c->builder.n_trees < keep && next_line(&c->rest, &line) && !text_equal_to(line, "end of trees")) {
        static const char *const heads[] = {"version", "num_tree_per_iteration"};
        for (int h = 0; h < 2; h++)
            if (value_of(line, heads[h], &value)) TRY(check_head(text_of(heads[h]), value, c->source, err));
        block b = {0};
        if (!value_of(line, "Tree", &value)) continue;
        if (!number_read_integer(value, &b.number) || b.number != c->builder.n_trees)
            return damaged("no number of its own", c->builder.n_trees, err);
        TRY(read_block(c, &b, err));
        TRY(put_tree(c, &b, err));
        arena_reset(c->scratch);
    }
    return PTG_OK;
}

ptg_status lightgbm_trees_read(const lightgbm_source *source, tree_model **out, ptg_error *err)
{
    ptg_status status = PTG_OK;
    tree_model *m = NULL;
    converter c = {.source = source, .scratch = arena_new(), .rest = source->model};
    *out = NULL;
    if (!c.scratch) return fail_memory(err);
    GO(put_trees(&c, err));
    GO(tree_builder_end(&c.builder, source->n_features, source->n_outputs, &m, err));
    m->link = source->link;
    GO(tree_model_check(m, err));
    *out = m;
    m = NULL;
done:
    tree_builder_clear(&c.builder);
    tree_model_free(m);
    arena_free(c.scratch);
    return status;
}
