package dev.quern.fuzz.files;

import dev.quern.io.NetworkJson;
import dev.quern.network.Network;
import dev.quern.predict.ModelData;
import java.nio.charset.StandardCharsets;

/** Network descriptions, from text and from files. */
final class NetworkFormat implements Format {
  private final Scratch scratch;

  NetworkFormat(Scratch scratch) {
    this.scratch = scratch;
  }

  @Override
  public boolean attack(Dice dice) throws Exception {
    String text = JsonText.mutate(dice.of(Bases.NETWORKS), dice);
    boolean file = dice.below(8) == 1;
    Network read =
        file
            ? NetworkJson.load(scratch.file("net.json", text.getBytes(StandardCharsets.UTF_8)))
            : NetworkJson.read(text);
    Tensors.require("network", read, NetworkJson.read(NetworkJson.write(read)));
    if (dice.below(4) == 0 && Bases.isSmall(read)) {
      ModelFormat.predict(ModelData.untrained(read, 1));
    }
    return true;
  }
}
