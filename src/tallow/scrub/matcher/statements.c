/* A check that reads a little of another language: command lines. As `statements.py`. */
#include "scan.h"

/* Takes the password of a command; refuses ports, numbers and stand-ins. */
void check_cli(Job *job, const Options *options, int32_t start, int32_t end)
{
    uint8_t first = start < end ? job->text.at[start] : 0;
    int32_t place = start;
    (void)options;
    if (first == '/' || first == '$') return;
    while (place < end && is_digit(job->text.at[place])) place++;
    if (place == end && start < end) return;
    if (!is_placeholder(job, start, end)) take(job, start, end, OWN);
}
