// SPDX-License-Identifier: GPL-2.0-or-later
// Reads the keys of a partition that list devices: `disk` and others, with the table that the
// command line has for its options (config/device_options.h).
#pragma once

#include <filesystem>

#include "config/config.h"
#include "sysfile/table_reader.h"

namespace hvk {

// Adds the devices that `reader`'s table lists to `config`. Each key is one device or an array of
// them; a device is a text, VALUE[,key=value]..., or a table of the same keys. Paths are relative
// to `folder`. Adds mistakes to `mistakes`.
void read_devices(TableReader& reader, const std::filesystem::path& folder, Mistakes& mistakes,
                  Config& config);

}  // namespace hvk
