// SPDX-License-Identifier: GPL-2.0-or-later
#include "vhost/virtiofsd.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/local_socket.h"

namespace hvk {
namespace {

// The number of the listening socket in the child.
constexpr int kSocket = 3;

// The places of the program, and how each is told its folder. The one of Debian 12 came with QEMU,
// and cannot keep a guest from writing.
struct Program {
  const char* path;
  bool read_only;
};
constexpr Program kPrograms[] = {
    {"/usr/libexec/virtiofsd", true},
    {"/usr/local/libexec/virtiofsd", true},
    {"/usr/lib/qemu/virtiofsd", false},
};

const Program& find_program(const std::string& what) {
  for (const Program& program : kPrograms) {
    if (::access(program.path, X_OK) == 0) return program;
  }
  throw SetupError(what, "the program virtiofsd is not installed",
                   "on Debian 12 it is in the package qemu-system-common, later in virtiofsd");
}

std::vector<std::string> words_of(const Program& program, const ShareConfig& config) {
  std::vector<std::string> words = {"virtiofsd", "--fd=" + std::to_string(kSocket)};
  if (program.read_only) {
    words.push_back("--shared-dir=" + config.folder);
    if (config.read_only) words.push_back("--readonly");
    return words;
  }
  // A comma in its option would begin another one.
  std::string source;
  for (const char c : config.folder) source += c == ',' ? std::string("\\,") : std::string(1, c);
  words.insert(words.end(), {"-o", "source=" + source});
  return words;
}

// In the child: has the folder mounted so that nobody can write to it, in a view of the file
// systems that is the child's own.
bool mount_read_only(const std::string& folder) {
  const char* path = folder.c_str();
  return ::unshare(CLONE_NEWNS) == 0 &&
         ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount(path, path, nullptr, MS_BIND, nullptr) == 0 &&
         ::mount(nullptr, path, nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) == 0;
}

// A folder that only this user reaches, until it is removed with what is in it.
class PrivateFolder {
 public:
  explicit PrivateFolder(const std::string& what)
      : path_((std::filesystem::temp_directory_path() / "hvk-XXXXXX").string()) {
    if (!::mkdtemp(path_.data())) throw_errno(what + ": " + path_);
  }
  ~PrivateFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

Virtiofsd::Virtiofsd(const ShareConfig& config) {
  const std::string what = "--share " + config.folder;
  struct stat status;
  if (::stat(config.folder.c_str(), &status) != 0) throw_errno(what);
  if (!S_ISDIR(status.st_mode)) throw SetupError(what, "it is no folder");
  const Program& found = find_program(what);

  // The program accepts one connection from a socket that is there already: the connection waits in
  // it, and nobody else can make one.
  const PrivateFolder folder(what);
  const std::string path = folder.path() + "/socket";
  const Fd listening = listen_at(what, path);
  Fd connection = try_connect(what, path);
  if (!connection) throw_errno(what + ": " + path);

  ShareConfig absolute = config;
  absolute.folder = std::filesystem::canonical(config.folder).string();
  ChildProgram program;
  program.path = found.path;
  program.words = words_of(found, absolute);
  program.files = {{listening.get(), kSocket}};
  if (config.read_only && !found.read_only) {
    program.prepare = mount_read_only;
    program.argument = absolute.folder;
  }
  program_ = start_child(what, program);
  peer_ = std::make_unique<UserPeer>(
      what, UserPeer::Options{.kind = *find_vhost_kind("fs"), .queues = 1, .path = {}},
      std::move(connection));
}

}  // namespace hvk
