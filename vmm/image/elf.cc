// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/elf.h"

#include <elf.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "image/arm64_image.h"

namespace hvk::image {

namespace {

struct Segment {
  unsigned index;  // in the program header table
  uint64_t vaddr;
  uint64_t paddr;
  uint64_t memory_size;
  Bytes bytes;

  std::string name() const { return "segment " + std::to_string(index); }
};

constexpr struct {
  uint16_t machine;
  const char* name;
} kMachines[] = {
    {EM_386, "32-bit x86"}, {EM_X86_64, "x86-64"}, {EM_ARM, "32-bit Arm"}, {EM_RISCV, "RISC-V"},
    {EM_MIPS, "MIPS"},      {EM_PPC, "PowerPC"},   {EM_PPC64, "POWER"},    {EM_S390, "s390"},
    {EM_SPARCV9, "SPARC"},  {258, "LoongArch"},
};

std::string machine_name(uint16_t machine) {
  for (const auto& one : kMachines) {
    if (one.machine == machine) return one.name;
  }
  return "e_machine " + std::to_string(machine);
}

void check_header(Bytes file) {
  if (le<uint8_t>(file, EI_CLASS) != ELFCLASS64) {
    throw ImageError("a 32-bit ELF file; only 64-bit guests can be run: build it for arm64");
  }
  if (le<uint8_t>(file, EI_DATA) != ELFDATA2LSB) {
    throw ImageError("a big-endian ELF file; only little-endian guests can be run");
  }
  const auto machine = le<uint16_t>(file, offsetof(Elf64_Ehdr, e_machine));
  if (machine != EM_AARCH64) {
    throw ImageError("an ELF file for another machine, " + machine_name(machine) +
                     "; build it for arm64, with aarch64-linux-gnu-gcc for one");
  }
  const auto type = le<uint16_t>(file, offsetof(Elf64_Ehdr, e_type));
  if (type != ET_EXEC && type != ET_DYN) {
    throw ImageError("an ELF file that is no executable (e_type " + std::to_string(type) +
                     "); link it first");
  }
}

Segment read_segment(Bytes file, uint64_t header, unsigned index) {
  Segment segment{};
  segment.index = index;
  segment.vaddr = le<uint64_t>(file, header + offsetof(Elf64_Phdr, p_vaddr));
  segment.paddr = le<uint64_t>(file, header + offsetof(Elf64_Phdr, p_paddr));
  segment.memory_size = le<uint64_t>(file, header + offsetof(Elf64_Phdr, p_memsz));
  const auto offset = le<uint64_t>(file, header + offsetof(Elf64_Phdr, p_offset));
  const auto file_size = le<uint64_t>(file, header + offsetof(Elf64_Phdr, p_filesz));
  if (!fits(offset, file_size, file.size())) {
    throw ImageError(segment.name() + " has " + std::to_string(file_size) +
                     " bytes in the file at " + hex(offset) + ", but the file has " +
                     std::to_string(file.size()) + ": it is cut off");
  }
  if (file_size > segment.memory_size) {
    throw ImageError(segment.name() + " has more bytes in the file than in memory");
  }
  if (!fits(segment.paddr, segment.memory_size, UINT64_MAX) ||
      !fits(segment.vaddr, segment.memory_size, UINT64_MAX)) {
    throw ImageError(segment.name() + " goes beyond the end of the address space");
  }
  segment.bytes = file.subspan(offset, file_size);
  return segment;
}

// Reads the PT_LOAD segments that occupy memory, sorted by physical address. Throws ImageError,
// also if two of them overlap.
std::vector<Segment> read_segments(Bytes file) {
  const auto table = le<uint64_t>(file, offsetof(Elf64_Ehdr, e_phoff));
  const auto entry_size = le<uint16_t>(file, offsetof(Elf64_Ehdr, e_phentsize));
  const auto count = le<uint16_t>(file, offsetof(Elf64_Ehdr, e_phnum));
  if (count != 0 && entry_size != sizeof(Elf64_Phdr)) {
    throw ImageError("an ELF file with program headers of " + std::to_string(entry_size) +
                     " bytes instead of " + std::to_string(sizeof(Elf64_Phdr)));
  }
  if (!fits(table, uint64_t{count} * sizeof(Elf64_Phdr), file.size())) {
    throw ImageError("an ELF file whose program headers lie beyond its end: it is cut off");
  }
  std::vector<Segment> segments;
  for (unsigned i = 0; i < count; ++i) {
    const uint64_t header = table + i * sizeof(Elf64_Phdr);
    const auto type = le<uint32_t>(file, header + offsetof(Elf64_Phdr, p_type));
    if (type == PT_INTERP) {
      throw ImageError(
          "a user program of an operating system; it runs inside a guest: put it into "
          "an initrd");
    }
    if (type != PT_LOAD) continue;
    if (le<uint64_t>(file, header + offsetof(Elf64_Phdr, p_memsz)) == 0) continue;
    segments.push_back(read_segment(file, header, i));
  }
  if (segments.empty()) throw ImageError("an ELF file with nothing to load");

  std::sort(segments.begin(), segments.end(),
            [](const Segment& a, const Segment& b) { return a.paddr < b.paddr; });
  for (size_t i = 1; i < segments.size(); ++i) {
    const Segment& before = segments[i - 1];
    if (segments[i].paddr - before.paddr < before.memory_size) {
      throw ImageError(before.name() + " and " + segments[i].name() + " overlap at " +
                       hex(segments[i].paddr));
    }
  }
  return segments;
}

// Returns the IPA of the first instruction. Linkers write the entry as a virtual address, the one
// that the program itself uses; with some linker scripts it is the physical address.
uint64_t physical_entry(uint64_t entry, const std::vector<Segment>& segments) {
  for (const Segment& segment : segments) {
    if (entry - segment.vaddr < segment.memory_size) return segment.paddr + entry - segment.vaddr;
  }
  for (const Segment& segment : segments) {
    if (entry - segment.paddr < segment.memory_size) return entry;
  }
  throw ImageError("an ELF file whose entry " + hex(entry) + " lies in none of its segments");
}

// Whether `first`, the lowest segment, is a vmlinux's: Linux links vmlinux without physical
// addresses, so that p_paddr is not in RAM, and the segment begins with the header of the Image.
bool is_vmlinux(const Segment& first, const Target& ram) {
  return !ram.contains(first.paddr, first.memory_size) && is_arm64_image(first.bytes);
}

// Changes the physical addresses of all segments so that the first one, the lowest, lies at `ipa`.
void move(std::vector<Segment>& segments, uint64_t ipa, const Target& ram) {
  const uint64_t from = segments.front().paddr;
  for (Segment& segment : segments) {
    const uint64_t distance = segment.paddr - from;
    if (distance >= ram.size()) {
      throw ImageError(segment.name() + " lies " + hex(distance) +
                       " above the first one, but the guest's RAM is " + hex(ram.size()) +
                       " bytes; " + kGiveMore);
    }
    segment.paddr = ipa + distance;
  }
}

}  // namespace

bool is_elf(Bytes file) { return has_magic(file, 0, ELFMAG); }

LoadedImage load_elf(Bytes file, const Target& ram) {
  check_header(file);
  std::vector<Segment> segments = read_segments(file);
  LoadedImage loaded{"ELF64", 0, false, {}};

  if (is_vmlinux(segments.front(), ram)) {
    const Arm64Header header = arm64_header(segments.front().bytes);
    move(segments, arm64_load_address(header, ram), ram);
    loaded.format = "ELF64, vmlinux";
    loaded.linux_protocol = true;
    loaded.page_size = header.page_size;
  }
  loaded.entry = physical_entry(le<uint64_t>(file, offsetof(Elf64_Ehdr, e_entry)), segments);
  if (loaded.entry % 4 != 0) {
    throw ImageError("an ELF file whose entry " + hex(loaded.entry) +
                     " is no multiple of an instruction's size");
  }
  for (const Segment& segment : segments) {
    loaded.parts.push_back(
        ram.place(segment.name(), segment.paddr, segment.bytes, segment.memory_size));
  }
  return loaded;
}

}  // namespace hvk::image
