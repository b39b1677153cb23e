package dev.quern.tests;

import dev.quern.data.Dataset;
import dev.quern.engine.Engine;
import dev.quern.io.ModelFile;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.quantize.Quantization;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;

/**
 * Everything that an application does, beside more off-heap memory than JavaCPP allows its own
 * pointers: four times the heap. Quern allocates none of those.
 */
final class SmallHeapMain {
  private static final Shape IMAGE = Shape.of(1, 8, 8);

  private SmallHeapMain() {}

  /**
   * @param args bytes to hold off-heap, in MiB
   */
  public static void main(String[] args) throws Exception {
    try (Arena held = new Arena()) {
      held.tensor(Shape.of(Long.parseLong(args[0]) << 18));
      long most = Pointer.maxPhysicalBytes();
      if (most <= 0 || Pointer.physicalBytes() <= most) {
        throw new IllegalStateException("JavaCPP's limit, " + most + ", is not exceeded");
      }
      run();
    }
    System.out.println("all went well");
  }

  private static void run() throws Exception {
    Network net =
        Network.of("n", IMAGE, new Conv2d(4, 3), new Relu(), new Flatten(), new Linear(2));
    Dataset data =
        Dataset.of(
            "d", IMAGE, List.of("a", "b"), new byte[64 * 8], new int[] {0, 1, 0, 1, 0, 1, 0, 1});
    if (!(Engine.speed().operations() > 0) || Engine.info().version().isEmpty()) {
      throw new IllegalStateException("no speed");
    }
    Path file = Files.createTempFile("quern-small-heap", ".safetensors");
    try (Trainer t = Trainer.builder(net).batch(4).build()) {
      t.fit(data, 1);
      t.evaluate(data);
      ModelFile.save(file, t.modelData(Map.of()));
      ModelData whole = ModelData.load(file);
      use(whole);
      use(Quantization.of(whole).calibrate(data, 8).data());
    } finally {
      Files.delete(file);
    }
  }

  private static void use(ModelData data) {
    try (Model model = Model.of(data);
        Arena arena = new Arena()) {
      Tensor images = arena.tensor(IMAGE.batch(2));
      model.predict(images).toArray();
      if (model.profile(images, 2).layers().isEmpty()) {
        throw new IllegalStateException("no layers");
      }
    }
  }
}
