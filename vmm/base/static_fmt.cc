// SPDX-License-Identifier: GPL-2.0-or-later
// The functions that libfmt's headers leave to its library, compiled here once: programs for the
// lab are linked statically, and Debian has libfmt as a shared library only. Elsewhere hvk-run is
// linked with libfmt itself. To compile all of libfmt into each object instead would double the
// build's time.
#define FMT_HEADER_ONLY
#include <fmt/format.h>

template fmt::detail::thousands_sep_result<char> fmt::detail::thousands_sep_impl<char>(
    fmt::detail::locale_ref);

namespace {

[[gnu::used]] constexpr std::string (*kVformat)(fmt::string_view, fmt::format_args) = fmt::vformat;
[[gnu::used]] constexpr void (*kVprint)(fmt::string_view, fmt::format_args) = fmt::vprint;
[[gnu::used]] constexpr void (*kVprintFile)(std::FILE*, fmt::string_view,
                                            fmt::format_args) = fmt::vprint;
[[gnu::used]] constexpr auto kThrow = fmt::detail::throw_format_error;
[[gnu::used]] constexpr auto kAssertFail = fmt::detail::assert_fail;
[[gnu::used]] constexpr bool (*kIsPrintable)(uint32_t) = fmt::detail::is_printable;

}  // namespace
