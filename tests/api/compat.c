// SPDX-License-Identifier: GPL-2.0-only
/*
 * compat - what a 32-bit program gets: nothing. Its pointers and structures are not
 * those of this ABI, so it does not open the device, nor call what it inherited.
 *
 *   compat DEVICE [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 *
 * The same tests hold on /dev/kvm. The exit status is 77 where the kernel or the CPU
 * has no 32-bit programs. They are written here, as there need be no compiler for them.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"
#include "uapi/hvk.h"

#define BASE	0x10000u
#define CALL_FD	3		/* what a program calls is inherited as this */
#define NO_32_BITS	77

/* A32 instructions. */
#define LDR_R0_ARGV1	0xe59d0008u	/* ldr r0, [sp, #8] */
#define MOV(r, imm8)	(0xe3a00000u | (r) << 12 | (imm8))
#define MOVW(r, imm16)	(0xe3000000u | ((imm16) & 0xf000) << 4 | (r) << 12 | \
			 ((imm16) & 0xfff))
#define MOVT(r, imm16)	(MOVW(r, imm16) | 0x00400000u)
#define SVC		0xef000000u
#define NEG_R0		0xe2600000u	/* rsb r0, r0, #0 */

enum { EXIT = 1, OPEN = 5, IOCTL = 54 };	/* numbers of 32-bit Arm */

static char *device;

/*
 * Runs these instructions; the exit status. A program ends with its last call's
 * result negated, of which 8 bits arrive: an errno, or something above 200.
 */
static int run(const uint32_t *code, size_t size, int fd)
{
	struct {
		Elf32_Ehdr file;
		Elf32_Phdr segment;
	} header = {
		.file = {
			.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB,
				     EV_CURRENT },
			.e_type = ET_EXEC, .e_machine = EM_ARM,
			.e_version = EV_CURRENT, .e_entry = BASE + sizeof(header),
			.e_phoff = sizeof(header.file), .e_flags = EF_ARM_EABI_VER5,
			.e_ehsize = sizeof(header.file),
			.e_phentsize = sizeof(header.segment), .e_phnum = 1,
		},
		.segment = {
			.p_type = PT_LOAD, .p_vaddr = BASE, .p_paddr = BASE,
			.p_filesz = sizeof(header) + size,
			.p_memsz = sizeof(header) + size,
			.p_flags = PF_R | PF_X, .p_align = 0x1000,
		},
	};
	char *const argv[] = { "compat", device, NULL };
	int file = memfd_create("compat", MFD_CLOEXEC), status;
	pid_t pid;

	if (file < 0 || write(file, &header, sizeof(header)) != sizeof(header) ||
	    write(file, code, size) != (ssize_t)size)
		die("memfd");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		if (fd >= 0 && fd != CALL_FD)
			dup2(fd, CALL_FD);
		else if (fd == CALL_FD)
			fcntl(fd, F_SETFD, 0);
		fexecve(fcntl(file, F_DUPFD_CLOEXEC, CALL_FD + 1), argv, argv + 2);
		_exit(NO_32_BITS);
	}
	close(file);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		die("a 32-bit program did not exit");
	return WEXITSTATUS(status);
}

static int call(int fd, uint32_t request)
{
	const uint32_t code[] = {
		MOV(0, CALL_FD), MOVW(1, request & 0xffff), MOVT(1, request >> 16),
		MOV(2, 0), MOV(7, IOCTL), SVC, NEG_R0, MOV(7, EXIT), SVC,
	};

	return run(code, sizeof(code), fd);
}

/* --- the tests --------------------------------------------------------------- */

static bool open_device(void)
{
	static const uint32_t code[] = {
		LDR_R0_ARGV1, MOV(1, O_RDWR), MOV(7, OPEN), SVC, NEG_R0,
		MOV(7, EXIT), SVC,
	};

	ERRNO(run(code, sizeof(code), -1), ENODEV);
	/* The program is right: it opens what anybody may. */
	device = "/dev/null";
	CHECK(run(code, sizeof(code), -1) > 200);
	return true;
}

/* Calls that a 64-bit program is answered otherwise with the same arguments. */
static bool inherited(void)
{
	struct vm vm;
	int gic;

	vm_open(&vm, system_fd);
	gic = vm_gic(&vm, 0x08000000, 0x08010000);
	ERRNO(call(system_fd, KVM_GET_API_VERSION), EINVAL);
	ERRNO(call(vm.fd, KVM_CHECK_EXTENSION), EINVAL);
	ERRNO(call(vm.vcpu, KVM_GET_ONE_REG), EINVAL);
	ERRNO(call(gic, KVM_HAS_DEVICE_ATTR), EINVAL);
	close(gic);
	vm_close(&vm);
	return true;
}

static bool inherited_of_hvk(void)
{
	struct hvk_frame f = {
		.size = sizeof(f), .nr_windows = 1, .major_ns = HVK_FRAME_MAX_NS,
		.window = { { .length_ns = HVK_WINDOW_MIN_NS } },
	};
	int channel, frame;

	if (!on_hvk())
		return true;
	channel = ioctl(system_fd, HVK_CREATE_CHANNEL, 0);
	frame = ioctl(system_fd, HVK_CREATE_FRAME, &f);
	CHECK(channel >= 0 && frame >= 0);
	ERRNO(try(channel, HVK_CHANNEL_NOTIFY, NULL), 0);
	ERRNO(call(channel, HVK_CHANNEL_NOTIFY), EINVAL);
	ERRNO(try(frame, HVK_FRAME_STOP, NULL), 0);
	ERRNO(call(frame, HVK_FRAME_STOP), EINVAL);
	close(frame);
	close(channel);
	return true;
}

static const struct test tests[] = {
	{ "open", open_device },
	{ "inherited", inherited },
	{ "inherited-of-hvk", inherited_of_hvk },
};

int main(int argc, char **argv)
{
	static const uint32_t ends[] = { MOV(0, 0), MOV(7, EXIT), SVC };

	device = argc > 1 ? argv[1] : "";
	if (run(ends, sizeof(ends), -1) == NO_32_BITS) {
		puts("this machine has no 32-bit programs");
		return NO_32_BITS;
	}
	return suite_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]),
			  NULL, NULL);
}
