/* The command: a table of commands, each in a file of its own; results to stdout, talk to stderr. */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

const command commands[] = {
    {"run", "TRAIN --target COLUMN [options]", "Analyse, plan, tune and select; writes the job folder.", command_run},
    {"plan", "TRAIN --target COLUMN [options] | JOB --edit FILE | JOB --set PATH=VALUE | JOB --apply-fixes all|high|ID,...",
     "Stop when both notebooks exist, or change the plan of a job.", command_plan},
    {"tune", "JOB [options]", "Run a planned job, or go on with a stopped one.", command_tune},
    {"profile", "TABLE [--target COLUMN] [--validation FILE] [--output DIR] [--html FILE] [--quick]",
     "Only the analysis and its notebook.", command_profile},
    {"candidates", "JOB [--all] [--json]", "The leaderboard.", command_candidates},
    {"predict", "JOB-OR-MODEL TABLE [--output FILE] [--candidate NAME] [--keep COLUMN,...] [--allow-missing]",
     "Predict a table; CSV out.", command_predict},
    {"notebook", "JOB [--execute] [--candidate NAME]", "Write both notebooks again, and run them with --execute.",
     command_notebook},
    {"compute", "[--json]", "Compute targets, instance types, prices, and what this machine has.", command_compute},
    {"worker", "SPOOL", "What every compute target runs; started by the others.", command_worker},
    {"help", "[COMMAND | TRANSFORMER | ALGORITHM | METRIC | FINDING]", "This list, or help on one name.", command_help},
    {"version", "", "The version.", command_version},
};
const int n_commands = sizeof commands / sizeof *commands;

const command *command_find(const char *name)
{
    for (int i = 0; i < n_commands; i++)
        if (strcmp(commands[i].name, name) == 0) return &commands[i];
    return NULL;
}

/* What the user typed may drive a terminal: control and bidirectional characters are written as escapes. */
void put_plain(FILE *to, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        int bidirectional =
            c[0] == 0xe2 && ((c[1] == 0x80 && c[2] >= 0xaa && c[2] <= 0xae) || (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9));
        if (bidirectional) {
            fprintf(to, "\\u%04x", 0x2000 + ((c[1] & 0x3f) << 6) + (c[2] & 0x3f));
            c += 2;
        } else if (*c < 0x20 || *c == 0x7f) {
            fprintf(to, "\\x%02x", *c);
        } else {
            fputc(*c, to);
        }
    }
}

int say_error(const ptg_error *error)
{
    fprintf(stderr, "pilotage: %s\n", error->message);
    return error->status == PTG_ERROR_USAGE ? 2 : error->status == PTG_ERROR_DATA ? 3 : 1;
}

int say_usage(const char *command_name, const char *format, ...)
{
    char sentence[PTG_ERROR_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    fputs("pilotage: ", stderr);
    put_plain(stderr, sentence);
    if (command_name) fprintf(stderr, " See `pilotage help %s`.", command_name);
    fputc('\n', stderr);
    return 2;
}

int main(int count, char **arguments)
{
    signal(SIGPIPE, SIG_IGN);
    if (count < 2) {
        command_help(1, arguments);
        return 2;
    }
    const char *name = arguments[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) name = "help";
    if (strcmp(name, "--version") == 0) name = "version";
    const command *found = command_find(name);
    if (!found) return say_usage(NULL, "There is no command '%.60s'; `pilotage help` lists them.", name);
    for (int i = 2; i < count; i++)
        if (strcmp(arguments[i], "--help") == 0) {
            char *help[] = {"help", (char *)name};
            return command_help(2, help);
        }
    return found->run(count - 1, arguments + 1);
}
