package dev.quern.fuzz.api;

import dev.quern.data.Preprocessing;
import dev.quern.detect.CocoRle;
import dev.quern.detect.Mask;
import dev.quern.detect.YoloHeads;
import dev.quern.io.dataset.IdxFile;
import dev.quern.onnx.Onnx;
import dev.quern.onnx.OnnxDetector;
import dev.quern.onnx.OnnxSession;
import dev.quern.onnx.OnnxTensor;
import dev.quern.tensor.Size;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Objects of a case whose parts must fit to each other, and those that are read from files. */
final class FileThings {
  private static final Set<Class<?>> TYPES =
      Set.of(
          OnnxSession.class,
          OnnxDetector.class,
          OnnxTensor.class,
          Mask.class,
          CocoRle.class,
          YoloHeads.class,
          IdxFile.class);

  private FileThings() {}

  static boolean makes(Class<?> type) {
    return TYPES.contains(type);
  }

  static Object of(Class<?> type, World w, Folder folder) {
    if (type == OnnxSession.class) {
      return session(w, folder);
    }
    if (type == OnnxDetector.class) {
      Preprocessing preprocessing = Preprocessing.of(Settings.normalization(w.draw));
      return new OnnxDetector(session(w, folder), preprocessing, List.of("a", "b"));
    }
    if (type == OnnxTensor.class) {
      return OnnxTensor.of(new long[] {1, 2}, 1f, 2f);
    }
    if (type == Mask.class) {
      return Mask.of(1, 0, 2, 1, true, w.draw.once(2));
    }
    if (type == CocoRle.class) {
      return new CocoRle(Size.of(2), List.of(1, 3));
    }
    if (type == YoloHeads.class) {
      List<YoloHeads.Anchor> anchors = List.of(new YoloHeads.Anchor(3, 4));
      return new YoloHeads(
          List.of(new YoloHeads.Head("a", 8, anchors)), YoloHeads.Version.V5, w.draw.once(2));
    }
    return new IdxFile(new int[] {2, 1}, new byte[2]);
  }

  private static OnnxSession session(World w, Folder folder) {
    Path file = folder.top().resolve("net.onnx");
    Onnx.save(w.modelData(), file);
    return w.opened(Onnx.session(file));
  }
}
