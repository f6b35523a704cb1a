// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

#include "image/output.h"

namespace hvk::image {

namespace {

constexpr int kGzipWindow = 15 + 16;  // the largest window, gzip header only

class Inflater {
 public:
  Inflater() {
    if (inflateInit2(&stream, kGzipWindow) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  z_stream stream{};
};

// zlib counts in 32 bits.
unsigned chunk(size_t size) {
  return static_cast<unsigned>(std::min<size_t>(size, std::numeric_limits<unsigned>::max()));
}

}  // namespace

// The third byte is the method: deflate, the only one that there is. It is compared too, because
// the two bytes of the magic number alone could begin a raw image.
bool is_gzip(Bytes file) { return has_magic(file, 0, "\x1f\x8b\x08"); }

std::vector<std::byte> gunzip(Bytes file, uint64_t limit) {
  Inflater inflater;
  z_stream& stream = inflater.stream;
  Output output(limit);
  Bytes rest = file;

  for (;;) {
    const std::span<std::byte> room = output.room();
    const unsigned in = chunk(rest.size());
    const unsigned out = chunk(room.size());
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(rest.data()));
    stream.avail_in = in;
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = out;
    const int status = inflate(&stream, Z_NO_FLUSH);
    rest = rest.subspan(in - stream.avail_in);
    output.filled(out - stream.avail_out);

    if (status == Z_STREAM_END) {
      if (!is_gzip(rest)) return output.take();
      inflateReset(&stream);
    } else if (status == Z_MEM_ERROR) {
      throw std::bad_alloc();
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      throw ImageError(std::string("damaged gzip data: ") +
                       (stream.msg ? stream.msg : "not understood"));
    } else if (rest.empty() && stream.avail_out != 0) {
      throw ImageError("the gzip data is cut off");
    }
  }
}

}  // namespace hvk::image
