#include "cc/engine/base/format.h"

#include <gtest/gtest.h>

#include <string>

namespace tf_wavenet {
namespace {

TEST(FormatTest, PrintsLikePrintf) {
  EXPECT_EQ(Format("%s is %d, must be %g", "hop", -3, 0.5), "hop is -3, must be 0.5");
}

TEST(FormatTest, KeepsTextsOfAnyLength) {
  EXPECT_EQ(Format("%s", ""), "");
  const std::string text(100000, 'x');
  EXPECT_EQ(Format("<%s>", text.c_str()), "<" + text + ">");
}

}  // namespace
}  // namespace tf_wavenet
