#include "profile/language.h"

#include <assert.h>
#include <string.h>

#define LEAST_WORDS 2
#define KANA 0.1 /* of kana and Han characters: Japanese, not Chinese */

const language languages[] = {
    {"en", "English",
     "the of and to in is that it was for on are with as you this but not have be at by from or an they which we his her he "
     "she "
     "will what there been has their if would who i my your so do when can just me up out about all no how them its were had"},
    {"de", "German",
     "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie "
     "nach "
     "wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man ich wir"},
    {"fr", "French",
     "le la les de des du et est en un une que qui dans pour pas sur au aux avec ce il elle je vous nous ne se plus par mais "
     "son sa "
     "ses ou à été cette ces sont leur était avoir être fait comme tout si on même très lui y"},
    {"es", "Spanish",
     "el la los las de del y en un una que es por con para no se su sus al lo como más pero le ya o este sí porque esta entre "
     "cuando muy sin sobre también me hasta hay donde quien desde todo nos durante ha fue era ser está son"},
    {"it", "Italian",
     "il lo la i gli le di del della dei delle e è un una che in per con non si al alla da dal dalla su come più ma o anche se "
     "sono questo questa era ha nel nella mi ci ho molto tutto essere stato perché quando chi cui"},
    {"pt", "Portuguese",
     "o a os as de do da dos das e em um uma que é por com para não se seu sua ao à no na nos nas como mais mas ou foi ele ela "
     "eu você isso este esta muito também já quando até pelo pela são ser tem ter está nem"},
    {"nl", "Dutch",
     "de het een en van in is dat op te zijn met voor niet aan er om ook als maar bij of uit nog naar dan door over ze hij zij "
     "wij "
     "je ik heeft hebben had was werd worden wordt deze dit die kan geen meer al wel tot zo"},
    {"sv", "Swedish",
     "och att det i en som är av för på med den till inte om ett han men var jag har de från kan vi när så ut eller man efter "
     "hon "
     "vid mot över också där under ska sin skulle blev varit mycket detta dem ha sig"},
    {"da", "Danish",
     "og at det i en som er af for på med den til ikke om et han men var jeg har de fra kan vi når så ud eller man efter hun "
     "ved "
     "mod over også der under skal sin skulle blev været meget dette dem have sig hvad nu kun"},
    {"no", "Norwegian",
     "og å det i en som er av for på med den til ikke om et han men var jeg har de fra kan vi når så ut eller man etter hun "
     "ved "
     "mot over også der under skal sin skulle ble vært mye dette dem ha seg hva nå bare fordi"},
    {"fi", "Finnish",
     "ja on ei se että hän oli ovat joka mutta kun niin myös tai kuin sen jos nyt vain ole sitä olen minä sinä he me te mitä "
     "tämä hänen ollut sekä jonka jotka mukaan voi ollaan koska vielä"},
    {"pl", "Polish",
     "i w z na do się nie to jest że o jak od po za ale dla był była przez co tak są tym już tylko czy jego jej ich może który "
     "która które być ma oraz ze bardzo mnie gdy przed jeszcze"},
    {"cs", "Czech",
     "a v se na je že s z o to do i ve k za pro jako by ale po od jsou byl jeho který která které nebo už jsem když tak "
     "také ze jen až při bylo může být si podle není mezi"},
    {"ro", "Romanian",
     "și în de la a cu pe nu o un să că din se care este mai pentru ca sunt prin dar au fost după lui ei el ea sau ce fi al "
     "ale "
     "despre acest această foarte când fără până între"},
    {"hu", "Hungarian",
     "a az és hogy nem is egy ez meg azt de csak volt mint már ha van még vagy el fel ki be én ő mi ti ők ezt mert kell lehet "
     "nagyon minden után alatt között szerint amely aki"},
    {"tr", "Turkish",
     "ve bir bu da de için ile çok ne o gibi daha var ama ben mi kadar en olarak sonra değil ki olan her ya şey sen biz siz "
     "onlar veya ancak hem diye göre bile yok mı"},
    {"id", "Indonesian",
     "yang dan di ke dari ini itu untuk dengan tidak pada adalah dalam akan juga oleh ada saya kami mereka sebagai bisa atau "
     "karena "
     "telah sudah dapat anda dia kita lebih tersebut bahwa harus hanya"},
    {"vi", "Vietnamese",
     "và của là có được cho không một những các trong này đã với người để khi đó từ về như cũng tôi ra nhưng vào anh bạn rất "
     "nhiều chúng đến lại sẽ phải thì"},
    {"ru", "Russian",
     "и в не на я что он с как это по но они к у мы за от же вы так для о все её его из бы был была были ты когда если уже или "
     "ни быть есть только ещё еще до чтобы который при мне"},
    {"uk", "Ukrainian",
     "і в не на я що він з як це по але вони до у ми за від же ви так для про всі її його із би був була були ти коли якщо вже "
     "або ні бути є тільки ще щоб який при мені та"},
    {"bg", "Bulgarian",
     "и в не на се да е за от с че по са като но той до ще един една при който която които има си го ли как може само това тя "
     "те бе беше още съм ние ми аз"},
    {"ar", "Arabic", "في من على أن إلى عن مع هذا هذه التي الذي كان كانت لا ما و أو قد بعد بين كل ذلك لم إن هو هي غير حتى عند"},
    {"fa", "Persian", "و در به از که این را با است برای آن یک می تا بر بود شد هم خود نیز ها یا اما هر شده کرد اند باید"},
    {"hi", "Hindi", "है के में की और से को का पर यह एक हैं नहीं कि भी ने हो था इस लिए वह जो तो कर थे ही या गया अपने"},
    {"el", "Greek", ""},
    {"he", "Hebrew", ""},
    {"th", "Thai", ""},
    {"ko", "Korean", ""},
    {"ja", "Japanese", ""},
    {"zh", "Chinese", ""},
};
const int32_t n_languages = (int32_t)(sizeof languages / sizeof languages[0]);

/* Scripts in which one language is written (Japanese and Chinese share the Han characters and are told apart by kana). */
static const struct script {
    int32_t first, last;
    const char *code;
} scripts[] = {
    {0x0370, 0x03FF, "el"}, {0x0590, 0x05FF, "he"}, {0x0E00, 0x0E7F, "th"}, {0x1F00, 0x1FFF, "el"}, {0xAC00, 0xD7A3, "ko"},
};

static int32_t language_find(const char *code)
{
    int32_t k = 0;
    while (strcmp(languages[k].code, code) != 0)
        ++k;
    return k;
}

ptg_status language_index_make(language_index *out, ptg_error *err)
{
    for (int32_t k = 0; k < n_languages; ++k) {
        text rest = text_of(languages[k].words), word;
        while (text_next_word(&rest, &word)) {
            int32_t code;
            TRY(text_table_add(&out->words, word, &code, err));
            assert(code < FUNCTION_WORDS_MOST);
            out->languages_of[code] |= UINT32_C(1) << k;
        }
    }
    return PTG_OK;
}

void language_index_clear(language_index *x)
{
    text_table_clear(&x->words);
}

uint32_t language_of_word(const language_index *x, text word)
{
    const int32_t code = text_table_find(&x->words, word);
    return code < 0 ? 0 : x->languages_of[code];
}

void language_count_word(language_votes *v, uint32_t languages_of)
{
    for (int32_t k = 0; languages_of != 0; ++k, languages_of >>= 1)
        v->words[k] += (languages_of & 1) != 0;
}

void language_count_character(language_votes *v, int32_t c)
{
    if (c < 128) {
        v->letters += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return;
    }
    ++v->letters;
    v->kana += c >= 0x3040 && c <= 0x30FF;
    v->han += c >= 0x4E00 && c <= 0x9FFF;
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; ++i) {
        if (c >= scripts[i].first && c <= scripts[i].last) ++v->scripts[language_find(scripts[i].code)];
    }
}

static int32_t elect_by_script(const language_votes *v)
{
    for (int32_t k = 0; k < n_languages; ++k) {
        if (2 * v->scripts[k] > v->letters) return k;
    }
    const int64_t east = v->kana + v->han;
    if (2 * east <= v->letters) return LANGUAGE_UNKNOWN;
    return language_find((double)v->kana >= KANA * (double)east ? "ja" : "zh");
}

int32_t language_elect(const language_votes *v)
{
    int32_t best = 0, second = 0, found = LANGUAGE_UNKNOWN;
    for (int32_t k = 0; k < n_languages; ++k) {
        if (v->words[k] > best) {
            second = best;
            best = v->words[k];
            found = k;
        } else if (v->words[k] > second) {
            second = v->words[k];
        }
    }
    if (best >= LEAST_WORDS) return best > second ? found : LANGUAGE_UNKNOWN;
    return elect_by_script(v);
}
