// SPDX-License-Identifier: GPL-2.0-only
// The virtio disk through its registers and queue, over each engine: requests good and hostile.
#include "disk/virtio_blk.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.h"
#include "tests/unit/blk_driver.h"
#include "tests/unit/temporary_folder.h"

namespace hvk {
namespace {

using test::BlkDriver;
using test::ManualEngine;
using Piece = BlkDriver::Piece;

constexpr uint64_t kSectors = 512;
constexpr uint32_t kIn = 0, kOut = 1, kFlush = 4, kGetId = 8, kDiscard = 11, kWriteZeroes = 13;
constexpr int kOk = 0, kIoError = 1, kUnsupported = 2;
constexpr uint64_t kAll = BlkDriver::kBaseFeatures | blk::kDiscard | blk::kWriteZeroes;

// Sector n is filled with the character of this number.
char letter(uint64_t sector) { return static_cast<char>('a' + sector % 26); }

std::string sectors(uint64_t first, uint64_t count) {
  std::string text;
  for (uint64_t i = first; i < first + count; ++i) text += std::string(512, letter(i));
  return text;
}

class Bench {
 public:
  Bench() { put(sectors(0, kSectors)); }

  std::string path() const { return (folder_.path() / "disk").string(); }
  void put(const std::string& content) const {
    // Not emptied first: some file systems have a file that was on the medium when it is closed.
    const Fd file(::open(path().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    EXPECT_EQ(::pwrite(file.get(), content.data(), content.size(), 0),
              static_cast<ssize_t>(content.size()));
    EXPECT_EQ(::ftruncate(file.get(), static_cast<off_t>(content.size())), 0);
  }
  std::string content(uint64_t first = 0, uint64_t count = kSectors) const {
    const Fd file(::open(path().c_str(), O_RDONLY | O_CLOEXEC));
    std::string found(count * 512, ' ');
    const ssize_t n =
        ::pread(file.get(), found.data(), found.size(), static_cast<off_t>(first * 512));
    EXPECT_EQ(n, static_cast<ssize_t>(found.size()));
    return found;
  }
  // Opens the image and starts a driver for it.
  BlkDriver& open(const BlkDriver::Make& make, DiskImage::Options options = {},
                  uint64_t features = kAll) {
    driver.reset();
    image.reset();
    if (options.path.empty()) options.path = path();
    image.emplace(options);
    driver.emplace(*image, make, memory);
    if (options.read_only) features &= ~(blk::kDiscard | blk::kWriteZeroes);
    driver->start(features);
    return *driver;
  }

  GuestMemory memory{BlkDriver::kRam, BlkDriver::kRamSize};
  std::optional<DiskImage> image;
  std::optional<BlkDriver> driver;

 private:
  test::TemporaryFolder folder_;
};

struct Engine {
  const char* name;
  BlkDriver::Make make;
};

// On both engines, as far as the machine that builds has them.
class BlkTest : public testing::TestWithParam<Engine>, public Bench {
 protected:
  void SetUp() override {
    EventLoop loop;
    if (!GetParam().make(loop, [](auto) {})) GTEST_SKIP() << "this host has no io_uring";
  }
  BlkDriver& open(DiskImage::Options options = {}, uint64_t features = kAll) {
    return Bench::open(GetParam().make, std::move(options), features);
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, BlkTest,
                         testing::Values(Engine{"uring", make_uring_engine},
                                         Engine{"pool", make_pool_engine}),
                         [](const auto& row) { return row.param.name; });

TEST_P(BlkTest, AnswersRequests) {
  const std::string sector(512, 'Z'), two(1024, 'Y');
  const auto range = [](uint64_t first, uint32_t count, uint32_t flags = 0) {
    return BlkDriver::ranges({{first, count, flags}});
  };
  const struct {
    const char* name;
    uint32_t type;
    uint64_t sector;
    std::string out;
    uint32_t in;
    int status;
    uint32_t length;
    bool read_only = false;
  } rows[] = {
      {"read", kIn, 3, "", 512, kOk, 513},
      {"read many", kIn, 0, "", 256 << 10, kOk, (256 << 10) + 1},
      {"read the last", kIn, kSectors - 1, "", 512, kOk, 513},
      {"read nothing", kIn, 3, "", 0, kOk, 1},
      {"read nothing at the end", kIn, kSectors, "", 0, kOk, 1},
      {"read behind the end", kIn, kSectors, "", 512, kIoError, 0},
      {"read across the end", kIn, kSectors - 1, "", 1024, kIoError, 0},
      {"read from the largest sector", kIn, UINT64_MAX, "", 512, kIoError, 0},
      {"read where bytes overflow", kIn, uint64_t{1} << 55, "", 512, kIoError, 0},
      {"read where sectors overflow", kIn, UINT64_MAX - 1, "", 1536, kIoError, 0},
      {"read a part of a sector", kIn, 3, "", 100, kIoError, 0},
      {"write", kOut, 5, sector, 0, kOk, 1},
      {"write two", kOut, 7, two, 0, kOk, 1},
      {"write the last", kOut, kSectors - 1, sector, 0, kOk, 1},
      {"write nothing", kOut, 5, "", 0, kOk, 1},
      {"write behind the end", kOut, kSectors, sector, 0, kIoError, 1},
      {"write across the end", kOut, kSectors - 1, two, 0, kIoError, 1},
      {"write a part of a sector", kOut, 5, "short", 0, kIoError, 1},
      {"write read-only", kOut, 5, sector, 0, kIoError, 1, true},
      {"read read-only", kIn, 3, "", 512, kOk, 513, true},
      {"flush", kFlush, 0, "", 0, kOk, 1},
      {"flush read-only", kFlush, 0, "", 0, kOk, 1, true},
      {"id", kGetId, 0, "", 20, kOk, 21},
      {"id with little room", kGetId, 0, "", 4, kOk, 5},
      {"id with much room", kGetId, 0, "", 512, kOk, 20},
      {"discard", kDiscard, 0, range(16, 16), 0, kOk, 1},
      {"discard nothing", kDiscard, 0, range(16, 0), 0, kOk, 1},
      {"discard two", kDiscard, 0, range(32, 8) + range(48, 8), 0, kOk, 1},
      {"discard without a range", kDiscard, 0, "", 0, kIoError, 1},
      {"discard half a range", kDiscard, 0, range(16, 1).substr(0, 8), 0, kIoError, 1},
      {"discard too many", kDiscard, 0, std::string(17 * 16, '\0'), 0, kIoError, 1},
      {"discard behind the end", kDiscard, 0, range(kSectors, 1), 0, kIoError, 1},
      {"discard overflow", kDiscard, 0, range(UINT64_MAX, UINT32_MAX), 0, kIoError, 1},
      {"discard with unmap", kDiscard, 0, range(16, 1, 1), 0, kUnsupported, 1},
      {"discard read-only", kDiscard, 0, range(16, 1), 0, kIoError, 1, true},
      {"zeroes", kWriteZeroes, 0, range(64, 3), 0, kOk, 1},
      {"zeroes unmapped", kWriteZeroes, 0, range(80, 16, 1), 0, kOk, 1},
      {"zeroes two", kWriteZeroes, 0, range(64, 1) + range(65, 1), 0, kIoError, 1},
      {"zeroes across the end", kWriteZeroes, 0, range(kSectors - 1, 2), 0, kIoError, 1},
      {"zeroes too many", kWriteZeroes, 0, range(0, UINT32_MAX), 0, kIoError, 1},
      {"zeroes with another flag", kWriteZeroes, 0, range(64, 1, 2), 0, kUnsupported, 1},
      {"zeroes read-only", kWriteZeroes, 0, range(64, 1), 0, kIoError, 1, true},
      {"lifetime", 10, 0, "", 16, kUnsupported, 0},
      {"secure erase", 14, 0, range(64, 1), 0, kUnsupported, 1},
      {"barrier", 0x80000000, 0, "", 0, kUnsupported, 1},
  };
  for (const auto& row : rows) {
    put(sectors(0, kSectors));
    if (&row == rows || image->read_only() != row.read_only) {
      open({.read_only = row.read_only, .id = "serial-1"});
    }
    BlkDriver& driver = *this->driver;
    const BlkDriver::Answer answer = driver.request(row.type, row.sector, row.out, row.in);
    EXPECT_EQ(answer.status, row.status) << row.name;
    EXPECT_EQ(answer.length, row.length) << row.name;
    EXPECT_FALSE(driver.needs_reset()) << row.name;
    EXPECT_TRUE(driver.irq.level) << row.name;
    std::string expected = sectors(0, kSectors);
    if (answer.status == kOk) {
      if (row.type == kIn) {
        EXPECT_EQ(answer.data, sectors(row.sector, row.in / 512)) << row.name;
      }
      if (row.type == kOut) expected.replace(row.sector * 512, row.out.size(), row.out);
      if (row.type == kGetId) {
        EXPECT_EQ(
            answer.data.substr(0, 20),
            (std::string("serial-1") + std::string(12, '\0')).substr(0, std::min(row.in, 20u)))
            << row.name;
      }
      if (row.type == kDiscard || row.type == kWriteZeroes) {
        for (size_t i = 0; i < row.out.size(); i += sizeof(blk::Range)) {
          blk::Range one;
          std::memcpy(&one, &row.out[i], sizeof(one));
          expected.replace(one.sector * 512, size_t{one.sectors} * 512,
                           std::string(size_t{one.sectors} * 512, '\0'));
        }
      }
    }
    EXPECT_TRUE(content() == expected) << row.name;
  }
}

// How the bytes of a request are spread over descriptors does not matter (virtio 1.2, 2.7.4.1).
TEST_P(BlkTest, TakesAnyFraming) {
  constexpr uint64_t kH = BlkDriver::kHeader, kD = BlkDriver::kData;
  const struct {
    const char* name;
    uint32_t type;
    std::vector<Piece> pieces;
    uint64_t status;  // its IPA
  } rows[] = {
      {"header in two", kIn, {{kH, 7}, {kH + 7, 9}, {kD, 513, true}}, kD + 512},
      {"header by bytes",
       kIn,
       {{kH, 1}, {kH + 1, 1}, {kH + 2, 2}, {kH + 4, 12}, {kD, 512, true}, {kD + 512, 1, true}},
       kD + 512},
      {"header longer than needed", kIn, {{kH, 64}, {kD, 513, true}}, kD + 512},
      {"data in odd pieces",
       kIn,
       {{kH, 16}, {kD, 1, true}, {kD + 1, 510, true}, {kD + 511, 1, true}, {kD + 512, 1, true}},
       kD + 512},
      {"status at the end of the data",
       kIn,
       {{kH, 16}, {kD, 500, true}, {kD + 500, 13, true}},
       kD + 512},
      {"empty descriptors", kIn, {{kH, 0}, {kH, 16}, {kD, 0, true}, {kD, 513, true}}, kD + 512},
      {"header and data together", kOut, {{kH, 16 + 512}, {kD + 512, 1, true}}, kD + 512},
      {"header ends in the data", kOut, {{kH, 10}, {kH + 10, 518}, {kD + 512, 1, true}}, kD + 512},
      {"a status of many bytes", kOut, {{kH, 16 + 512}, {kD, 513, true}}, kD + 512},
  };
  for (const auto& row : rows) {
    put(sectors(0, kSectors));
    BlkDriver& driver = open();
    driver.put_header(row.type, 4);
    driver.put(kH + 16, std::string(512, 'Q'));
    driver.put(row.status, "\xee");
    driver.offer(row.pieces);
    driver.notify();
    ASSERT_EQ(driver.wait().size(), 1u) << row.name;
    EXPECT_EQ(driver.text(row.status, 1)[0], kOk) << row.name;
    if (row.type == kIn) {
      EXPECT_EQ(driver.text(kD, 512), sectors(4, 1)) << row.name;
    }
    if (row.type == kOut) {
      EXPECT_EQ(content(4, 1), std::string(512, 'Q')) << row.name;
    }
  }
}

TEST_P(BlkTest, AsksForAResetWhereNothingCanBeAnswered) {
  constexpr uint64_t kH = BlkDriver::kHeader, kS = BlkDriver::kStatus;
  const struct {
    const char* name;
    std::vector<Piece> pieces;
  } rows[] = {
      {"no header", {{kS, 1, true}}},
      {"short header", {{kH, 15}, {kS, 1, true}}},
      {"no status", {{kH, 16}}},
      {"empty status", {{kH, 16}, {kS, 0, true}}},
      {"nothing", {{kH, 0}}},
      {"buffer outside of RAM", {{kH, 16}, {0x1000, 512, true}, {kS, 1, true}}},
      {"written before read", {{kS, 1, true}, {kH, 16}}},
  };
  for (const auto& row : rows) {
    BlkDriver& driver = open();
    driver.put_header(kIn, 0);
    testing::internal::CaptureStderr();
    driver.offer(row.pieces);
    driver.notify();
    const std::string said = testing::internal::GetCapturedStderr();
    EXPECT_TRUE(driver.needs_reset()) << row.name;
    EXPECT_TRUE(said.starts_with("hvk-run: virtio-blk: ")) << row.name << ": " << said;
    EXPECT_EQ(driver.used_index(), 0) << row.name;
    // What comes after is not looked at, and after a reset all is well.
    driver.offer({{kH, 16}, {BlkDriver::kData, 513, true}});
    driver.notify();
    EXPECT_EQ(driver.used_index(), 0) << row.name;
    driver.start(kAll);
    EXPECT_FALSE(driver.needs_reset()) << row.name;
    EXPECT_EQ(driver.request(kIn, 2, "", 512).data, sectors(2, 1)) << row.name;
  }
}

TEST_P(BlkTest, ServesManyAtOnce) {
  BlkDriver& driver = open();
  constexpr uint16_t kMany = 20;
  for (uint16_t i = 0; i < kMany; ++i) {
    const uint64_t header = BlkDriver::kHeader + i * 16, data = BlkDriver::kData + i * 4096;
    const bool reads = i % 2 == 0;
    driver.put_header(reads ? kIn : kOut, i * 8, header);
    driver.put(data, std::string(512, '#'));
    driver.offer({{header, 16}, {data, 512, reads}, {data + 512, 1, true}},
                 static_cast<uint16_t>(i * 3));
  }
  driver.notify();
  ASSERT_EQ(driver.wait(kMany).size(), kMany);
  for (uint16_t i = 0; i < kMany; i += 2) {
    EXPECT_EQ(driver.text(BlkDriver::kData + i * 4096, 512), sectors(i * 8, 1)) << i;
  }
  for (uint16_t i = 1; i < kMany; i += 2) {
    EXPECT_EQ(content(i * 8, 1), std::string(512, '#')) << i;
  }
}

TEST_P(BlkTest, IsIdleWhenAResetReturns) {
  for (unsigned round = 0; round < 20; ++round) {
    BlkDriver& driver = open();
    for (uint16_t i = 0; i < 20; ++i) {
      driver.put_header(i % 2 ? kOut : kIn, 0, BlkDriver::kHeader + i * 16);
      driver.offer({{BlkDriver::kHeader + i * 16, 16},
                    {BlkDriver::kData, (64 << 10) + (i % 2 ? 0u : 1u), i % 2 == 0},
                    {BlkDriver::kStatus, 1, true}},
                   static_cast<uint16_t>(i * 3));
    }
    driver.notify();
    driver.reset();
    EXPECT_EQ(driver.used_index(), 20) << round;
  }
}

TEST_P(BlkTest, AShorterFileIsAnError) {
  BlkDriver& driver = open();
  ASSERT_EQ(::truncate(path().c_str(), 10 * 512 + 100), 0);
  const struct {
    uint64_t sector;
    uint32_t size;
    int status;
  } rows[] = {{9, 512, kOk}, {10, 512, kIoError}, {8, 2048, kIoError}, {100, 512, kIoError}};
  testing::internal::CaptureStderr();
  for (const auto& row : rows) {
    EXPECT_EQ(driver.request(kIn, row.sector, "", row.size).status, row.status) << row.sector;
  }
  EXPECT_NE(testing::internal::GetCapturedStderr().find("it has become shorter"),
            std::string::npos);
}

// A limit on the size of files stands for a full disk: a write that reaches it is cut short, and
// one behind it fails.
TEST_P(BlkTest, AFullDiskIsAnError) {
  BlkDriver& driver = open();
  rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit = {100 * 512 + 200, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  testing::internal::CaptureStderr();
  const int fits = driver.request(kOut, 98, std::string(1024, '1')).status;
  const int cut = driver.request(kOut, 99, std::string(2048, '2')).status;
  const int behind = driver.request(kOut, 200, std::string(512, '3')).status;
  const int read = driver.request(kIn, 200, "", 512).status;
  const std::string said = testing::internal::GetCapturedStderr();
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  EXPECT_EQ(fits, kOk);
  EXPECT_EQ(cut, kIoError);
  EXPECT_EQ(behind, kIoError);
  EXPECT_EQ(read, kOk);
  EXPECT_NE(said.find("writing: File too large; the guest is told"), std::string::npos) << said;
  EXPECT_EQ(driver.request(kOut, 200, std::string(512, '4')).status, kOk);
}

// Memory files have holes, but no allocated zeroes.
TEST_P(BlkTest, ZeroesAreWrittenWhereTheyCannotBeAllocated) {
  const Fd file(::memfd_create("disk", MFD_CLOEXEC));
  constexpr uint32_t kCount = 5 * 2048 + 77;  // several writes, the last of an odd size
  ASSERT_EQ(::ftruncate(file.get(), (kCount + 8) * 512), 0);
  const std::string full((kCount + 8) * 512, 'f');
  ASSERT_EQ(::pwrite(file.get(), full.data(), full.size(), 0), static_cast<ssize_t>(full.size()));
  BlkDriver& driver = open({.path = "/proc/self/fd/" + std::to_string(file.get())});
  EXPECT_EQ(driver.request(kWriteZeroes, 0, BlkDriver::ranges({{3, kCount, 0}})).status, kOk);
  std::string found(full.size(), ' ');
  ASSERT_EQ(::pread(file.get(), found.data(), found.size(), 0), static_cast<ssize_t>(found.size()));
  std::string expected = full;
  expected.replace(3 * 512, size_t{kCount} * 512, std::string(size_t{kCount} * 512, '\0'));
  EXPECT_TRUE(found == expected);
}

TEST_P(BlkTest, DirectTransfersTakeAnyBuffer) {
  try {
    open({.direct = true});
  } catch (const SetupError& error) {
    GTEST_SKIP() << error.what();
  }
  BlkDriver& driver = *this->driver;
  for (const uint64_t skew : {0, 1, 4, 512, 4095}) {
    const uint64_t data = BlkDriver::kData + skew;
    driver.put_header(kOut, 40);
    driver.put(data, std::string(8192, static_cast<char>('0' + skew % 10)));
    driver.offer({{BlkDriver::kHeader, 16}, {data, 8192}, {BlkDriver::kStatus, 1, true}});
    driver.notify();
    ASSERT_EQ(driver.wait().size(), 1u);
    EXPECT_EQ(driver.text(BlkDriver::kStatus, 1)[0], kOk) << skew;
    EXPECT_EQ(driver.request(kIn, 40, "", 8192).data,
              std::string(8192, static_cast<char>('0' + skew % 10)))
        << skew;
  }
}

// --- with an engine that the test has in its hand ------------------------------------------

class BlkManualTest : public testing::Test, public Bench {
 protected:
  BlkDriver& open(DiskImage::Options options = {}, uint64_t features = kAll) {
    return Bench::open(
        [this](EventLoop&, DiskEngine::Ended ended) {
          auto made = std::make_unique<ManualEngine>(std::move(ended));
          engine = made.get();
          return made;
        },
        std::move(options), features);
  }
  void offer_read(uint16_t head) {
    driver->put_header(kIn, 0);
    driver->offer({{BlkDriver::kHeader, 16}, {BlkDriver::kData, 513, true}}, head);
  }
  ManualEngine* engine = nullptr;
};

TEST_F(BlkManualTest, HasTheConfigurationOfItsImage) {
  const blk::Configuration config = open().config();
  EXPECT_EQ(config.capacity, kSectors);
  EXPECT_EQ(config.blk_size, 512u);
  EXPECT_EQ(config.physical_block_exp, 3);
  EXPECT_EQ(config.seg_max, VirtioBlk::kQueueSize - 2u);
  EXPECT_EQ(config.writeback, 1);
  EXPECT_EQ(config.max_write_zeroes_seg, 1u);
  EXPECT_EQ(driver->features() & (blk::kReadOnly | blk::kFlush | blk::kDiscard | blk::kConfigWce),
            blk::kFlush | blk::kDiscard | blk::kConfigWce);
  open({.read_only = true});
  EXPECT_EQ(driver->features() & (blk::kReadOnly | blk::kFlush | blk::kDiscard | blk::kConfigWce),
            blk::kReadOnly | blk::kFlush);
}

// When a write is on the medium before the driver hears of it (5.2.6.2).
TEST_F(BlkManualTest, WritesThroughWhereNobodyFlushes) {
  const struct {
    const char* name;
    uint64_t features;
    std::optional<uint8_t> writeback;
    bool through;
  } rows[] = {
      {"flushes", blk::kFlush, {}, false},
      {"no flushes", 0, {}, true},
      {"flushes, cache on", blk::kFlush | blk::kConfigWce, 1, false},
      {"flushes, cache off", blk::kFlush | blk::kConfigWce, 0, true},
      {"no flushes, cache on", blk::kConfigWce, 1, true},
  };
  for (const auto& row : rows) {
    open({}, row.features | virtio_feature::kVersion1 | blk::kDiscard | blk::kWriteZeroes);
    if (row.writeback) driver->set_writeback(*row.writeback);
    EXPECT_EQ(driver->request(kOut, 1, std::string(512, 'x')).status, kOk);
    EXPECT_EQ(engine->seen.back().through, row.through) << row.name;
    for (const uint32_t type : {kDiscard, kWriteZeroes}) {
      engine->seen.clear();
      EXPECT_EQ(driver->request(type, 0, BlkDriver::ranges({{8, 8, 0}})).status, kOk);
      EXPECT_EQ(engine->seen.back().kind == DiskOperation::Kind::kSync, row.through) << row.name;
    }
    driver->start(virtio_feature::kVersion1 | blk::kFlush | blk::kConfigWce);
    EXPECT_EQ(driver->config().writeback, 1) << row.name;
  }
}

TEST_F(BlkManualTest, TakesABatchAndGivesOneBack) {
  open();
  engine->hold = true;
  for (uint16_t i = 0; i < 10; ++i) offer_read(static_cast<uint16_t>(i * 2));
  const int starts = engine->starts;
  driver->notify();
  EXPECT_EQ(engine->held.size(), 10u);
  EXPECT_EQ(engine->starts, starts + 1);
  EXPECT_EQ(driver->used_index(), 0);
  const int changes = driver->irq.changes;
  engine->end_all();
  EXPECT_EQ(driver->used_index(), 10);
  EXPECT_EQ(driver->irq.changes, changes + 1);
  const auto used = driver->wait(10);
  ASSERT_EQ(used.size(), 10u);
  EXPECT_EQ(used.front(), (test::UsedElement{18, 513}));  // as they have ended
  EXPECT_EQ(used.back(), (test::UsedElement{0, 513}));
}

// A driver may make the same descriptors available again and again.
TEST_F(BlkManualTest, BoundsWhatIsUnderWay) {
  open();
  engine->hold = true;
  offer_read(0);
  for (unsigned i = 1; i < 600; ++i) {
    driver->make_available(0);
    driver->notify();
  }
  EXPECT_EQ(engine->held.size(), size_t{VirtioBlk::kQueueSize});
  engine->end_all();
  // Far more are available than the queue has room for.
  EXPECT_TRUE(driver->needs_reset());
  EXPECT_EQ(engine->held.size(), 0u);
}

TEST_F(BlkManualTest, BoundsTheBytesUnderWay) {
  open();
  put(std::string(32 << 20, '\0'));
  open();
  engine->hold = true;
  // Of 8 MiB each.
  driver->put_header(kIn, 0);
  for (uint16_t i = 0; i < 12; ++i) {
    driver->offer({{BlkDriver::kHeader, 16},
                   {BlkDriver::kData, 8 << 20, true},
                   {BlkDriver::kStatus, 1, true}},
                  static_cast<uint16_t>(i * 3));
  }
  driver->notify();
  EXPECT_EQ(engine->held.size(), 8u);
  // Each goes to the disk in two pieces. What waits is taken without another notification.
  for (const size_t held : {8u, 4u, 4u, 0u}) {
    engine->end_all();
    EXPECT_EQ(engine->held.size(), held);
  }
  EXPECT_EQ(driver->used_index(), 12);
}

// A reset waits for what is under way, not for all that was asked for.
TEST_F(BlkManualTest, AResetEndsALongRequest) {
  open();
  put(std::string(32 << 20, '\0'));
  open();
  engine->hold = true;
  driver->put_header(kIn, 0);
  driver->offer({{BlkDriver::kHeader, 16},
                 {BlkDriver::kData, 8 << 20, true},
                 {BlkDriver::kData, 8 << 20, true},
                 {BlkDriver::kStatus, 1, true}});
  driver->notify();
  ASSERT_EQ(engine->held.size(), 1u);
  driver->reset();
  EXPECT_EQ(engine->seen.size(), 1u);
  EXPECT_EQ(driver->text(BlkDriver::kStatus, 1)[0], kIoError);

  // A save has it come to its end.
  open();
  engine->hold = true;
  driver->put_header(kIn, 0);
  driver->offer(
      {{BlkDriver::kHeader, 16}, {BlkDriver::kData, 8 << 20, true}, {BlkDriver::kStatus, 1, true}});
  driver->notify();
  driver->transport().save();
  EXPECT_EQ(engine->seen.size(), 2u);
  EXPECT_EQ(driver->text(BlkDriver::kStatus, 1)[0], kOk);
}

// Another vCPU may make requests available as fast as they end.
TEST_F(BlkManualTest, ATurnHasAnEnd) {
  open();
  driver->put_header(99, 0);  // no type: ended at once
  driver->offer({{BlkDriver::kHeader, 16}, {BlkDriver::kStatus, 1, true}});
  constexpr unsigned kAll = 200;
  for (unsigned i = 1; i < kAll; ++i) driver->make_available(0);
  driver->notify();
  EXPECT_EQ(driver->used_index(), 64);
  EXPECT_EQ(driver->wait(kAll).size(), kAll);
}

// Without event indices the driver is asked not to notify while requests are taken.
TEST_F(BlkManualTest, AsksForNotificationsAgain) {
  open();
  engine->hold = true;
  offer_read(0);
  driver->notify();
  EXPECT_EQ(driver->used_flags(), 0);
  engine->end_all();
  EXPECT_EQ(driver->used_flags(), 0);
}

TEST_F(BlkManualTest, WhatTheImageCannotDoIsDoneOtherwise) {
  using Kind = DiskOperation::Kind;
  const struct {
    const char* name;
    int error;
    uint32_t type, flags;
    int status;
    std::vector<Kind> kinds;        // of the first request
    std::vector<Kind> kinds_after;  // and of the next one
  } rows[] = {
      {"discard", EOPNOTSUPP, kDiscard, 0, kOk, {Kind::kPunch}, {}},
      {"discard not aligned", EINVAL, kDiscard, 0, kOk, {Kind::kPunch}, {Kind::kPunch}},
      {"discard fails", EIO, kDiscard, 0, kIoError, {Kind::kPunch}, {Kind::kPunch}},
      {"zeroes", EOPNOTSUPP, kWriteZeroes, 0, kOk, {Kind::kZero, Kind::kWrite}, {Kind::kWrite}},
      {"zeroes unmapped",
       EOPNOTSUPP,
       kWriteZeroes,
       1,
       kOk,
       {Kind::kPunch, Kind::kZero, Kind::kWrite},
       {Kind::kWrite}},
      {"zeroes not aligned",
       EINVAL,
       kWriteZeroes,
       1,
       kOk,
       {Kind::kPunch, Kind::kWrite},
       {Kind::kPunch, Kind::kWrite}},
      {"zeroes on a full disk", ENOSPC, kWriteZeroes, 0, kIoError, {Kind::kZero}, {Kind::kZero}},
  };
  for (const auto& row : rows) {
    open();
    engine->answer = [&](DiskOperation& operation) {
      return operation.kind == Kind::kPunch || operation.kind == Kind::kZero ? row.error : 0;
    };
    for (const auto* kinds : {&row.kinds, &row.kinds_after}) {
      engine->seen.clear();
      const auto answer = driver->request(row.type, 0, BlkDriver::ranges({{8, 16, row.flags}}));
      EXPECT_EQ(answer.status, row.status) << row.name;
      std::vector<Kind> seen;
      for (const auto& one : engine->seen) seen.push_back(one.kind);
      EXPECT_EQ(seen, *kinds) << row.name;
    }
  }
}

TEST_F(BlkManualTest, KeepsItsStateOverSaveAndRestore) {
  constexpr uint64_t kFeatures = kAll | blk::kConfigWce;
  open({}, kFeatures);
  EXPECT_EQ(driver->request(kIn, 0, "", 512).status, kOk);
  driver->set_writeback(0);
  engine->hold = true;
  offer_read(0);
  driver->notify();
  const nlohmann::json state = driver->transport().save();
  // What was under way has ended, and the device goes on.
  EXPECT_EQ(driver->used_index(), 2);

  const auto make = [](EventLoop&, DiskEngine::Ended ended) {
    return std::make_unique<ManualEngine>(std::move(ended));
  };
  driver.reset();
  driver.emplace(*image, make, memory);
  driver->transport().restore(state);
  EXPECT_EQ(driver->config().writeback, 0);
  EXPECT_EQ(driver->transport().save(), state);

  nlohmann::json wrong = state;
  wrong["own"] = {{"writeback", "maybe"}};
  BlkDriver other(*image, make, memory);
  EXPECT_THROW(other.transport().restore(wrong), SetupError);
}

}  // namespace
}  // namespace hvk
