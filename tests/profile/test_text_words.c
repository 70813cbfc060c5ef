/* Languages of texts by their function words and scripts, and what is counted of words and characters. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "profile/text_words.h"

#include <cmocka.h> /* last: it makes a macro of fail() */

#define CELLS 40

typedef struct language_case {
    const char *code; /* "unknown" */
    const char *cells[2];
} language_case;

static const language_case cases[] = {
    {"en", {"I would like to return this, because it is too small.", "We had been there before and they were not!"}},
    {"de", {"Ich habe das Paket noch nicht bekommen.", "Der Hund ist im Garten, und die Katze auf dem Sofa"}},
    {"fr", {"Le chien est dans le jardin avec les enfants.", "Nous sommes contents de la qualité du produit"}},
    {"es", {"El perro está en el jardín y los niños juegan con él", "No me ha llegado el paquete por el mal tiempo"}},
    {"it", {"Il cane è nel giardino e i bambini giocano", "Non ho ancora ricevuto il pacco che ho comprato"}},
    {"pt", {"O cachorro está no jardim e não com você", "Ainda não recebi o pacote, mas estou muito contente com isso"}},
    {"nl", {"De hond is niet in de tuin, maar het kind wel", "Wij zijn erg tevreden over het product en de prijs"}},
    {"pl", {"Nie dostałem jeszcze paczki i się nie cieszę", "Jest bardzo dobrze, ale nie od razu"}},
    {"tr", {"Bu paket daha gelmedi ama ben bekliyorum", "Ürün çok güzel ve iyi bir şey"}},
    {"ru", {"Я ещё не получил посылку, и это плохо", "Собака в саду, и дети на улице"}},
    {"uk", {"Собака в саду і діти на вулиці, що це є", "Я ще не отримав, але це від них"}},
    {"el", {"Ο σκύλος είναι στον κήπο", "Δεν έχω λάβει το πακέτο"}},
    {"ja", {"犬は庭にいて、子供たちが遊んでいます", "まだ荷物が届いていません"}},
    {"zh", {"狗在花园里,孩子们和它一起玩", "我们对质量非常满意"}},
    {"ko", {"개가 정원에 있고", "품질에 매우 만족합니다"}},
    {"unknown", {"Braund, Mr. Owen Harris", "Cumings, Mrs. John Bradley"}},
    {"unknown", {"red shoe 42 leather", "lamp LED 12V white"}},
    {"unknown", {"The dog was in the garden with us", "Der Hund ist im Garten und schläft"}},
    {"unknown", {"\xff\xfe\x80", "1234 5678"}},
};

/* The words shown lie in the summary itself, which is not to be copied. */
static void summarise(text_words *w, const char *const *cells, int n_cells, int repeats, text_summary *out)
{
    int64_t n;
    *out = (text_summary){0};
    assert_int_equal(text_words_start(w, NULL), PTG_OK);
    for (int i = 0; i < n_cells * repeats; ++i)
        assert_int_equal(text_words_add(w, text_of(cells[i % n_cells]), &n, NULL), PTG_OK);
    text_words_end(w, out);
}

static void languages_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        text_words w = {0};
        text_summary s;
        summarise(&w, cases[i].cells, 2, CELLS / 2, &s);
        const char *found = s.language < 0 ? "unknown" : languages[s.language].code;
        if (strcmp(found, cases[i].code) != 0) fail_msg("'%s' is taken for %s", cases[i].cells[0], found);
        text_words_clear(&w);
    }
}

static void few_clear_cells_say_nothing(void **state)
{
    (void)state;
    text_words w = {0};
    text_summary s;
    summarise(&w, cases[0].cells, 2, 4, &s);
    assert_int_equal(s.language_decided, 8);
    assert_int_equal(s.language, LANGUAGE_UNKNOWN);
    text_words_clear(&w);
}

static void shares_of_languages(void **state)
{
    (void)state;
    static const char *const cells[4] = {"I would like to have it", "it is for you and me", "we are not there",
                                         "das ist nicht der Hund"};
    text_words w = {0};
    text_summary s;
    summarise(&w, cells, 4, 10, &s);
    assert_string_equal(languages[s.language].code, "en");
    assert_int_equal(s.n_languages, 2);
    assert_int_equal(s.languages[0].cells, 30);
    assert_string_equal(languages[s.languages[1].language].code, "de");
    assert_int_equal(s.languages[1].cells, 10);
    text_words_clear(&w);
}

static void words_and_characters(void **state)
{
    (void)state;
    static const char *const cells[3] = {"Refund, please! The refund is for ME.", "REFUND 42 \xc3\x84pfel", ""};
    text_words w = {0};
    text_summary s;
    summarise(&w, cells, 3, 10, &s);
    assert_string_equal(languages[s.language].code, "en");
    assert_int_equal(s.distinct_words, 10);
    assert_int_equal(s.top_words[0].count, 30);
    assert_true(text_equal_to(s.top_words[0].value, "refund")); /* without "the", "is", "for", "me" */
    assert_int_equal(s.n_top_words, 4);
    assert_true(text_equal_to(s.top_words[1].value, "42"));
    assert_true(text_equal_to(s.top_words[3].value, "\xc3\xa4pfel"));
    assert_true(fabs(s.digit_share - (2 / 52.0)) <= 1e-12);
    assert_true(fabs(s.punctuation_share - (3 / 52.0)) <= 1e-12);
    assert_true(fabs(s.non_ascii_share - (1 / 52.0)) <= 1e-12);
    assert_true(fabs(s.upper_share - (10 / 38.0)) <= 1e-12);
    text_words_clear(&w);
}

static void long_words_are_not_shown(void **state)
{
    (void)state;
    char longer[200];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    const char *const cells[2] = {longer, "!!! -- ..."};
    text_words w = {0};
    text_summary s;
    summarise(&w, cells, 2, 10, &s);
    assert_int_equal(s.n_top_words, 0);
    assert_int_equal(s.distinct_words, 4);
    text_words_clear(&w);
}

static void without_cells(void **state)
{
    (void)state;
    text_words w = {0};
    text_summary s;
    summarise(&w, NULL, 0, 0, &s);
    assert_int_equal(s.language, LANGUAGE_UNKNOWN);
    assert_true(fabs(s.digit_share - (0)) <= 0);
    text_words_clear(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(languages_are_told),       cmocka_unit_test(few_clear_cells_say_nothing),
        cmocka_unit_test(shares_of_languages),      cmocka_unit_test(words_and_characters),
        cmocka_unit_test(long_words_are_not_shown), cmocka_unit_test(without_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
