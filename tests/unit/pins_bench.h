/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmod/memory/pins.c over a process's memory that the test plays: page n of the process is
 * frame `frame` of the machine, or nothing.
 */
#ifndef HVK_PINS_BENCH_H
#define HVK_PINS_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PINS_BENCH_PAGES 4096
#define PINS_BENCH_FRAMES 8192

/* What the process may do to a page of its own. */
enum pins_bench_right { PINS_BENCH_NONE, PINS_BENCH_READ, PINS_BENCH_WRITE };

struct hvk_pins;

/* --- the machine ------------------------------------------------------------ */
/* All pages gone, no frame pinned, nothing charged; RLIMIT_MEMLOCK in bytes. */
void pins_bench_open(uint64_t limit, bool may_exceed);
void pins_bench_map(unsigned int page, unsigned int frame, enum pins_bench_right right);
/* From this frame on there is no RAM of the kernel's. */
void pins_bench_ram(unsigned int frames);
/* The next page that is asked for is asked for by another thread just before. */
void pins_bench_race(struct hvk_pins *pins, uint64_t index, unsigned int frame);
/* What the next page that is asked for gets instead: -errno. */
void pins_bench_fail(int err);
int pins_bench_pinned(unsigned int frame);
bool pins_bench_dirty(unsigned int frame);
int pins_bench_all_pinned(void);
/* VmPin, pages. */
int64_t pins_bench_charged(void);

/* --- the code under test ------------------------------------------------------ */
/* NULL: *err is the reason. */
struct hvk_pins *pins_bench_create(uint64_t pages, bool writable, int *err);
void pins_bench_destroy(struct hvk_pins *pins);
void pins_bench_drop(struct hvk_pins *pins);
/* Page `index` of the slot, which is page `page` of the process: frame or -errno. */
int pins_bench_page(struct hvk_pins *pins, uint64_t index, unsigned int page);
bool pins_bench_block(struct hvk_pins *pins, uint64_t index, unsigned int page);

#ifdef __cplusplus
}
#endif

#endif
