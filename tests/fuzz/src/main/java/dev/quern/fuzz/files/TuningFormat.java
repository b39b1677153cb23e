package dev.quern.fuzz.files;

import dev.quern.kernel.conv.TuningDoor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file of tuned choices: whatever it holds, nobody is troubled, and a choice is kept. */
final class TuningFormat implements Format {
  private static final byte[] WHOLE =
      "#x\ncpu/avx2/threads2/1x4x4,out2/forward=direct\nk=winograd\n"
          .getBytes(StandardCharsets.ISO_8859_1);

  private final Scratch scratch;

  TuningFormat(Scratch scratch) {
    this.scratch = scratch;
  }

  @Override
  public boolean attack(Dice dice) throws Exception {
    byte[] content = Bits.mutate(WHOLE, "\\u00zz\\\n=:\\u".getBytes(StandardCharsets.UTF_8), dice);
    Path file = scratch.path("conv2d-tuning.properties");
    if (dice.below(16) == 1) {
      Files.deleteIfExists(file);
    } else {
      Files.write(file, content);
    }
    new TuningDoor(file).get("k");
    if (dice.below(8) == 0) {
      new TuningDoor(file).put("n", "direct");
      Tensors.require("tuning", "direct", String.valueOf(new TuningDoor(file).get("n")));
    }
    return true;
  }
}
