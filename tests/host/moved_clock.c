/*
 * Preloaded: the process lives so many seconds ahead as stand in the file that MOVED_CLOCK names, a number of 64 bits,
 * and sees at once when they change. What only measures, the monotonic clock, is left alone, as are the times of
 * files: else opcache and Smarty would compile everything again whenever the clock is moved.
 *
 * libfaketime does the same, but reads a file anew each time that somebody asks what time it is.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *ahead;
static int (*real)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void)
{
    if (ahead) {
        return;
    }
    real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    const char *file = getenv("MOVED_CLOCK");
    int opened = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;
    void *mapped = opened < 0 ? MAP_FAILED : mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, opened, 0);
    if (!real || mapped == MAP_FAILED) {
        /* In another time than the tests nothing that they say would be true. */
        abort();
    }
    close(opened);
    ahead = mapped;
}

int clock_gettime(clockid_t which, struct timespec *to)
{
    begin();
    int failed = real(which, to);
    if (!failed && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) {
        to->tv_sec += *ahead;
    }
    return failed;
}

int gettimeofday(struct timeval *restrict to, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    to->tv_sec = now.tv_sec;
    to->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *to)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (to) {
        *to = now.tv_sec;
    }
    return now.tv_sec;
}

/*
 * PHP loads extensions with RTLD_DEEPBIND, so that they find libc's clock before this one. This takes the flag away:
 * the extension of the test host lives in the same time as PHP itself.
 */
void *dlopen(const char *file, int mode)
{
    void *(*next)(const char *, int) = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");
    return next(file, mode & ~RTLD_DEEPBIND);
}
