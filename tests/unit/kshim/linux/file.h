/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_FILE_H
#define KSHIM_FILE_H

#include <linux/fs.h>

struct file *fget(unsigned int fd);
void fput(struct file *file);

#endif
