// SPDX-License-Identifier: GPL-2.0-only
// Writes what good drivers of a disk do into the folder that is named, for the fuzzer
// to start from.
#include <string>

#include "disk/blk_protocol.h"
#include "tests/fuzz/driver_script.h"
#include "tests/fuzz/seeds.h"

namespace {

using namespace hvk;
using namespace hvk::test;

constexpr uint32_t kRam = kFuzzRam, kAvailable = 0x1000, kUsed = 0x2000, kHeader = 0x3000,
                   kData = 0x4000, kStatus = 0x8000;

// A list in the form that blk_fuzz.cc reads.
class Script : public DriverScript<Script> {
 public:
  Script& configure(uint8_t offset, uint8_t value) {
    return put<uint8_t>(1).put(offset).put(value);
  }
  Script& notify() { return put<uint8_t>(3); }
  // Ends `count` operations, with error number `error` of blk_fuzz.cc.
  Script& end(uint8_t count = 255, uint8_t error = 0) {
    return put<uint8_t>(4).put(count).put(error);
  }
  Script& save() { return put<uint8_t>(5); }

  Script& start(uint64_t features = blk::kFlush) {
    set(reg::kStatus, 0).negotiate(static_cast<uint32_t>(features));
    place(0, 8, 0, kAvailable, kUsed);
    next_ = 0;
    return go();
  }
  // A request whose data the device reads, or writes.
  Script& ask(blk::Type type, uint64_t sector, uint32_t size, bool write = false) {
    memory(kHeader, blk::Header{static_cast<uint32_t>(type), 0, sector});
    memory(0, Descriptor{kRam + kHeader, sizeof(blk::Header), kNext,
                         static_cast<uint16_t>(size > 0 ? 1 : 2)});
    memory(16,
           Descriptor{kRam + kData, size, static_cast<uint16_t>(kNext | (write ? kWrite : 0)), 2});
    memory(32, Descriptor{kRam + kStatus, 1, kWrite, 0});
    memory<uint16_t>(static_cast<uint16_t>(kAvailable + 4 + next_ % 8 * 2), 0);
    memory<uint16_t>(kAvailable + 2, ++next_);
    return notify();
  }
  Script& range(uint64_t sector, uint32_t sectors, uint32_t flags = 0) {
    return memory(kData, blk::Range{sector, sectors, flags});
  }

 private:
  uint16_t next_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  using blk::Type;
  constexpr uint64_t kAll = blk::kFlush | blk::kConfigWce | blk::kDiscard | blk::kWriteZeroes;
  return write_seeds(
      argc, argv,
      {
          {"read", Script().start().ask(Type::kIn, 3, 4096, true).end().text()},
          {"write",
           Script().start().ask(Type::kOut, 3, 4096).end().ask(Type::kFlush, 0, 0).end().text()},
          {"write-through", Script().start(0).ask(Type::kOut, 3, 512).end().text()},
          {"fails", Script().start().ask(Type::kOut, 3, 512).end(1, 3).text()},
          {"id", Script().start().ask(Type::kGetId, 0, 20, true).text()},
          {"discard", Script().start(kAll).range(8, 16).ask(Type::kDiscard, 0, 16).end().text()},
          {"discard-cannot",
           Script().start(kAll).range(8, 16).ask(Type::kDiscard, 0, 16).end(1, 4).text()},
          {"zeroes",
           Script().start(kAll).range(8, 2000, 1).ask(Type::kWriteZeroes, 0, 16).end().text()},
          {"zeroes-written", Script()
                                 .start(kAll)
                                 .range(8, 2000, 1)
                                 .ask(Type::kWriteZeroes, 0, 16)
                                 .end(1, 4)
                                 .end(1, 4)
                                 .end()
                                 .end()
                                 .text()},
          {"cache-off", Script().start(kAll).configure(32, 0).ask(Type::kOut, 3, 512).end().text()},
          {"saved-early", Script()
                              .set(reg::kStatus, 3)
                              .set(reg::kDriverFeatures, UINT32_MAX)
                              .save()
                              .start()
                              .text()},
          {"saved", Script()
                        .start()
                        .ask(Type::kIn, 3, 512, true)
                        .save()
                        .ask(Type::kIn, 4, 512, true)
                        .text()},
          {"reset", Script()
                        .start()
                        .ask(Type::kIn, 3, 512, true)
                        .start()
                        .ask(Type::kIn, 1, 512, true)
                        .text()},
      });
}
