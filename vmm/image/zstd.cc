// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/zstd.h"

#include <zstd.h>

#include <memory>
#include <new>

#include "image/output.h"

namespace hvk::image {

bool is_zstd(Bytes file) { return has_magic(file, 0, "\x28\xb5\x2f\xfd"); }

std::vector<std::byte> unzstd(Bytes file, uint64_t limit) {
  const std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream(ZSTD_createDStream(),
                                                                          ZSTD_freeDStream);
  if (!stream) throw std::bad_alloc();
  Output output(limit);
  ZSTD_inBuffer in{file.data(), file.size(), 0};

  for (;;) {
    const std::span<std::byte> room = output.room();
    ZSTD_outBuffer out{room.data(), room.size(), 0};
    const size_t left = ZSTD_decompressStream(stream.get(), &out, &in);
    if (ZSTD_isError(left)) {
      throw ImageError(std::string("damaged zstd data: ") + ZSTD_getErrorName(left));
    }
    output.filled(out.pos);

    if (left == 0) {
      if (!is_zstd(file.subspan(in.pos))) return output.take();
    } else if (in.pos == in.size && out.pos < out.size) {
      throw ImageError("the zstd data is cut off");
    }
  }
}

}  // namespace hvk::image
