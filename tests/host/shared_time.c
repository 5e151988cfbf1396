/*
 * PHP loads extensions with RTLD_DEEPBIND, so that they find libc's clock before libfaketime's. Preloaded,
 * this takes the flag away: the extension of the test host lives in the same time as PHP itself.
 */
#define _GNU_SOURCE
#include <dlfcn.h>

void *dlopen(const char *file, int mode)
{
    void *(*next)(const char *, int) = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");
    return next(file, mode & ~RTLD_DEEPBIND);
}
