package dev.quern.fuzz.files;

import dev.quern.data.Normalization;
import dev.quern.io.ModelFile;
import dev.quern.io.NetworkJson;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.quantize.Quantization;
import dev.quern.tensor.Arena;
import dev.quern.tensor.DType;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Saved models; those accepted are loaded, asked, and saved again. */
final class ModelFormat implements Format {
  /** Of the last version. */
  private static final List<String> KEYS =
      List.of("network", "preprocessing", "format", "format_version", "provenance.k");

  private static final List<String> FIRST_KEYS =
      List.of("network", "normalization", "classes", "format", "format_version", "provenance.k");

  private final Scratch scratch;
  private final Container base;
  private final Container first;
  private final byte[] whole;

  /** Half precision, int8, detection, and the layers of all descriptions. */
  private final List<Container> others = new ArrayList<>();

  ModelFormat(Scratch scratch) throws IOException {
    this.scratch = scratch;
    ModelData plain = ModelData.untrained(Bases.network(), 1);
    Path file = scratch.path("base-model.safetensors");
    ModelFile.save(
        file,
        new ModelData(
            plain.network(),
            plain.weights(),
            new Normalization(new float[] {0.5f}, new float[] {0.25f}),
            Bases.CLASSES,
            Map.of("k", "v")));
    whole = Files.readAllBytes(file);
    base = Container.of(whole);
    first = first(base.copy());
    List<ModelData> more = new ArrayList<>();
    more.add(plain.to(DType.BF16));
    more.add(plain.to(DType.F16));
    more.add(Quantization.of(plain).calibrate(Bases.data(), 5).data());
    for (String text : Bases.NETWORKS) {
      more.add(ModelData.untrained(NetworkJson.read(text), 1));
    }
    for (ModelData model : more) {
      ModelFile.save(file, model);
      others.add(Container.of(Files.readAllBytes(file)));
    }
  }

  /** As version 1 had it. */
  private static Container first(Container c) {
    c.metadata.remove("preprocessing");
    c.metadata.put("format_version", "1");
    c.metadata.put("normalization", "{\"mean\": [0.5], \"std\": [0.25]}");
    c.metadata.put("classes", "[\"a\", \"b\", \"c\"]");
    return c;
  }

  @Override
  public boolean attack(Dice dice) throws Exception {
    Path file = scratch.file("model.safetensors", content(dice));
    ModelData read = ModelFile.load(file);
    Path copy = scratch.path("model-again.safetensors");
    ModelFile.save(copy, read);
    ModelData again = ModelFile.load(copy);
    Tensors.require("network", read.network(), again.network());
    Tensors.require("classes", read.classes(), again.classes());
    Tensors.require("normalization", read.normalization(), again.normalization());
    Tensors.require("provenance", read.provenance(), again.provenance());
    Tensors.requireEqual("model", read.weights(), again.weights());
    if (Bases.isSmall(read.network()) && !read.network().input().isFree() && dice.below(4) == 0) {
      predict(read);
    }
    return true;
  }

  private byte[] content(Dice dice) {
    if (dice.below(8) == 1) {
      return Bits.mutate(whole, whole, dice);
    }
    boolean old = dice.oneIn(3);
    boolean other = !old && dice.oneIn(2);
    Container c = old ? first.copy() : other ? dice.of(others).copy() : base.copy();
    if (dice.below(3) > 0) {
      String key = dice.of(old ? FIRST_KEYS : other ? List.copyOf(c.metadata.keySet()) : KEYS);
      switch (dice.below(8)) {
        case 1 -> c.metadata.remove(key);
        case 2 -> c.metadata.put(key, dice.of(List.of("", "null", "1", "[]", "{}", "\"x\"")));
        default -> c.metadata.put(key, JsonText.mutate(c.metadata.get(key), dice));
      }
    } else {
      do {
        c.change(dice);
      } while (dice.again(3));
    }
    return c.file();
  }

  static void predict(ModelData data) {
    try (Model model = Model.of(data);
        Arena arena = new Arena()) {
      Shape in = data.network().input();
      model.predict(arena.tensor(in.batch(2)));
      if (!data.classes().isEmpty() && in.rank() == 3) {
        model.classify(new byte[(int) in.elements()], 3);
      }
    }
  }
}
