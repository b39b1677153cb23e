package dev.quern.cli.predict;

import dev.quern.data.Image;
import dev.quern.detect.Detection;
import dev.quern.detect.DetectionTask;
import dev.quern.detect.Nms;
import dev.quern.onnx.OnnxDetector;
import dev.quern.onnx.OnnxSession;
import dev.quern.predict.Model;
import java.util.List;
import java.util.function.Function;

/**
 * A detector that is loaded: a model with a decoder of boxes, or an ONNX graph with non-maximum
 * suppression inside.
 */
final class OpenDetector implements AutoCloseable {
  private final Function<Image, List<Detection>> detector;
  private final List<String> classes;
  private final Runnable close;

  private OpenDetector(
      Function<Image, List<Detection>> detector, List<String> classes, Runnable close) {
    this.detector = detector;
    this.classes = classes;
    this.close = close;
  }

  /** Returns the detector of a model, which it closes. */
  static OpenDetector of(Model model, DetectionTask task) {
    Nms nms = task.nms();
    return new OpenDetector(
        image -> model.detect(List.of(image), nms).get(0), task.classes(), model::close);
  }

  /** Returns the detector of a session, which it closes. */
  static OpenDetector of(
      OnnxSession session, OnnxDetector detector, List<String> classes, Nms nms) {
    return new OpenDetector(image -> nms.apply(detector.detect(image)), classes, session::close);
  }

  List<Detection> detect(Image image) {
    return detector.apply(image);
  }

  /** Returns the class names; empty without names. */
  List<String> classes() {
    return classes;
  }

  @Override
  public void close() {
    close.run();
  }
}
