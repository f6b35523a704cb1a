// SPDX-License-Identifier: GPL-2.0-only
/*
 * worlds - a plugin of QEMU that counts the instructions that the lab executes, by who
 * executes them: the host's programs, its kernel, EL2, or guests. Time in which a CPU
 * waits has no instructions, and so is not counted.
 *
 *   -plugin worlds.so,out=FILE	appends a line for each mark that is executed (mark.S):
 *				"USER KERNEL EL2 GUESTS", and the same four as they were at a
 *				guest's first instruction after the mark before
 *
 * An instruction belongs to whoever it is translated for: the Exception level, and
 * HCR_EL2.VM, which is 1 only in guests as both hypervisors give the host no stage-2.
 * Translations are kept by physical address, and no page has code of two worlds. QEMU
 * translates what it executes next, so that both are then what they will be.
 *
 * Debian has no package with qemu-plugin.h: what is used of it stands here, as version 4
 * of the interface has it (QEMU's include/qemu/qemu-plugin.h).
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

/* --- QEMU's side ------------------------------------------------------------------------ */

#define API_VERSION	4
enum flags { NO_REGS, R_REGS, RW_REGS };

struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_register;
typedef void (*exec_cb)(unsigned int cpu, void *data);

struct register_descriptor {
	struct qemu_plugin_register *handle;
	const char *name, *feature;
};

/* GLib's GArray and GByteArray, as far as they are public. */
struct array {
	void *data;
	unsigned int len;
};

struct array *g_byte_array_new(void);
struct array *g_byte_array_set_size(struct array *array, unsigned int len);
struct array *qemu_plugin_get_registers(void);
int qemu_plugin_read_register(struct qemu_plugin_register *handle, struct array *to);
void qemu_plugin_register_vcpu_init_cb(uint64_t id, void (*cb)(uint64_t, unsigned int));
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id,
					   void (*cb)(uint64_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, exec_cb cb,
					    enum flags flags, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *to, size_t size);

EXPORT int qemu_plugin_version = API_VERSION;

/* --- counting --------------------------------------------------------------------------- */

#define MARK		0xd297761fu	/* mark.S: MOVZ XZR, #0xbbb0, which does nothing */
#define PSTATE_EL(x)	((x) >> 2 & 3)
#define HCR_EL2_VM	1u

enum world { USER, KERNEL, EL2, GUESTS, NR_WORLDS };

static uint64_t counts[NR_WORLDS], at_entry[NR_WORLDS];
static bool entered;	/* a guest has run since the last mark */
static struct qemu_plugin_register *pstate, *hcr_el2;
static struct array *value;
static FILE *out;

static void count(unsigned int cpu, void *counter)
{
	(void)cpu;
	++*(uint64_t *)counter;
}

static void count_guest(unsigned int cpu, void *counter)
{
	if (!entered)
		memcpy(at_entry, counts, sizeof(counts));
	entered = true;
	count(cpu, counter);
}

static void mark(unsigned int cpu, void *data)
{
	(void)cpu;
	(void)data;
	for (int world = 0; world < NR_WORLDS; world++)
		fprintf(out, "%" PRIu64 " ", counts[world]);
	for (int world = 0; world < NR_WORLDS; world++)
		fprintf(out, "%" PRIu64 "%c", at_entry[world], world + 1 < NR_WORLDS ? ' ' : '\n');
	fflush(out);
	entered = false;
}

/* The low 32 bits. */
static uint32_t read_register(struct qemu_plugin_register *handle)
{
	uint32_t low = 0;

	g_byte_array_set_size(value, 0);
	if (qemu_plugin_read_register(handle, value) >= (int)sizeof(low))
		memcpy(&low, value->data, sizeof(low));
	return low;
}

static enum world present_world(void)
{
	unsigned int el = PSTATE_EL(read_register(pstate));

	if (el >= 2)
		return EL2;
	if (read_register(hcr_el2) & HCR_EL2_VM)
		return GUESTS;
	return el ? KERNEL : USER;
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	enum world world = present_world();
	exec_cb counting = world == GUESTS ? count_guest : count;

	(void)id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint32_t opcode = 0;

		qemu_plugin_register_vcpu_insn_exec_cb(insn, counting, NO_REGS, &counts[world]);
		qemu_plugin_insn_data(insn, &opcode, sizeof(opcode));
		if (opcode == MARK)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, mark, NO_REGS, NULL);
	}
}

static void cpu_starts(uint64_t id, unsigned int cpu)
{
	struct array *all = qemu_plugin_get_registers();
	const struct register_descriptor *registers = all->data;

	(void)id;
	(void)cpu;
	for (unsigned int i = 0; i < all->len; i++) {
		if (!strcmp(registers[i].name, "cpsr"))
			pstate = registers[i].handle;
		if (!strcmp(registers[i].name, "HCR_EL2"))
			hcr_el2 = registers[i].handle;
	}
	if (!pstate || !hcr_el2)
		fprintf(stderr, "worlds: QEMU does not show PSTATE and HCR_EL2\n");
}

EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4)) {
		fprintf(stderr, "worlds: out=FILE is needed, and nothing else\n");
		return -1;
	}
	out = fopen(argv[0] + 4, "a");
	if (!out) {
		perror(argv[0] + 4);
		return -1;
	}
	value = g_byte_array_new();
	qemu_plugin_register_vcpu_init_cb(id, cpu_starts);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
