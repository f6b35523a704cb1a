// SPDX-License-Identifier: GPL-2.0-or-later
// What libfmt's headers leave to its library, once: Debian has the library as a shared one
// only, and programs for the lab are linked statically. Elsewhere hvk-run is linked with
// libfmt itself. That each object had all of it would double the time of the build.
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
