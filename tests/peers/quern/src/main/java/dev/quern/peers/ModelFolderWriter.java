package dev.quern.peers;

import dev.quern.engine.Engine;
import dev.quern.io.ModelFile;
import dev.quern.onnx.OnnxWriter;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** The program that writes a {@link ModelFolder}. */
public final class ModelFolderWriter {
  private static final long SEED = 1;

  /** How far vectors of parameters are moved, so that a library that forgets one is found out. */
  private static final float MOVED = 0.1f;

  private ModelFolderWriter() {}

  private static void write(Workload workload, ModelFolder folder) throws IOException {
    Files.createDirectories(folder.path());
    ModelData data = workload.isFile() ? ModelData.load(workload.file()) : random(workload);
    folder.write("images.f32", workload.images());
    folder.write("output.f32", output(data, workload));
    ModelData folded = BatchNormFold.of(data);
    FusedNetwork.write(folded, folder);
    if (workload.int8()) {
      ModelData int8 = Int8.of(folded, workload);
      ModelFile.save(folder.model(workload), int8);
      onnx(BytesBetween.of(int8, workload), folder, workload);
      IntegerBias.in(folder.onnx(workload));
    } else if (!ModelFolder.isItself(workload)) {
      ModelFile.save(folder.model(workload), data);
      onnx(data, folder, workload);
    }
  }

  private static void onnx(ModelData data, ModelFolder folder, Workload workload) {
    new OnnxWriter().batch(workload.batch()).save(data, folder.onnx(workload));
  }

  private static ModelData random(Workload workload) {
    ModelData drawn = ModelData.untrained(workload.network(), SEED);
    Random random = new Random(SEED);
    Map<String, float[]> weights = new HashMap<>();
    drawn
        .network()
        .state()
        .forEach(
            (name, shape) -> {
              float[] values = drawn.weights().get(name).clone();
              for (int i = 0; shape.rank() == 1 && i < values.length; i++) {
                values[i] += MOVED * (2 * random.nextFloat() - 1);
              }
              weights.put(name, values);
            });
    return new ModelData(drawn.network(), weights, drawn.preprocessing(), Map.of());
  }

  private static float[] output(ModelData data, Workload workload) {
    try (Arena arena = new Arena();
        Model model = Model.of(data)) {
      return model
          .predict(arena.tensor(workload.inputShape()).copyFrom(workload.images()))
          .toArray();
    }
  }

  /**
   * @param args workload, threads, folder
   */
  public static void main(String[] args) {
    Program.end(
        () -> {
          Engine.setThreads(Integer.parseInt(args[1]));
          write(Workload.of(args[0]), new ModelFolder(Path.of(args[2])));
          return Double.NaN;
        });
  }
}
