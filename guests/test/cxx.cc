// SPDX-License-Identifier: BSD-2-Clause
// C++ in a partition: static objects are constructed, virtual functions, templates and
// references work, and no C++ library is needed.

#include "partition.h"

extern "C" {
#include "check.h"
}

namespace {

unsigned int constructed;

class Shape {
 public:
  Shape() { constructed++; }
  virtual ~Shape() = default;
  virtual uint64_t area() const = 0;
};

class Square : public Shape {
 public:
  explicit Square(uint64_t side) : side_(side) {}
  uint64_t area() const override { return side_ * side_; }

 private:
  uint64_t side_;
};

class Rectangle : public Shape {
 public:
  Rectangle(uint64_t width, uint64_t height) : width_(width), height_(height) {}
  uint64_t area() const override { return width_ * height_; }

 private:
  uint64_t width_, height_;
};

template <typename T, size_t N>
uint64_t total(const T (&shapes)[N]) {
  uint64_t sum = 0;
  for (const Shape* shape : shapes) sum += shape->area();
  return sum;
}

// The arguments are no constants, so that each constructor must run.
Square square(smp_id() + 3);
Rectangle rectangle(smp_id() + 4, 5);

// A constructor with a priority runs before those without one.
unsigned int seen_by_early = 99;
struct Early {
  Early() { seen_by_early = constructed; }
};
Early early __attribute__((init_priority(200)));

}  // namespace

extern "C" void PartitionMain(uintptr_t) {
  check("constructors-run", 2, constructed);
  check("constructors-in-order", 0, seen_by_early);
  const Shape* shapes[] = {&square, &rectangle};
  check("virtual-functions", 29, total(shapes));
  static Square late(constructed + 5);
  check("local-static", 49, late.area());
  check("local-static-constructed", 3, constructed);
  auto add = [&](uint64_t n) { return n + rectangle.area(); };
  check("lambda", 21, add(1));
  check_finish();
}
