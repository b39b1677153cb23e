package dev.quern.predict;

import dev.quern.data.Image;
import dev.quern.data.Placement;
import dev.quern.detect.Box;
import dev.quern.detect.Detection;
import dev.quern.detect.DetectionTask;
import dev.quern.detect.KeyPoint;
import dev.quern.detect.Nms;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.network.Network;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Implements object detection in images: preprocessing, a model's {@code predict}, and decoding of
 * the outputs.
 */
final class Detecting {
  private final Model model;
  private final Network network;
  private final DetectionTask task;

  Detecting(Model model) {
    this.model = model;
    network = model.network();
    task = network.detection();
    if (task == null) {
      throw new InvalidArgumentException(
          "detect: network "
              + network.name()
              + " has no decoder for its outputs "
              + network.outputs()
              + ": set one by withDetection");
    }
  }

  List<List<Detection>> detect(List<Image> images) {
    return detect(images, task.nms());
  }

  /** Detects objects in images, which are processed in several batches. */
  List<List<Detection>> detect(List<Image> images, Nms nms) {
    DetectionTask asked = task.nms(nms);
    ImageInput preparing = new ImageInput("detect", model.data());
    List<List<Detection>> all = new ArrayList<>();
    for (List<Image> same : preparing.runs(images)) {
      try (Arena arena = new Arena()) {
        Tensor batch = preparing.how().batch(arena, network.input(), same);
        Shape input = batch.shape().sample();
        Size size = new Size((int) input.dim(1), (int) input.dim(2));
        String name = network.inputs().keySet().iterator().next();
        List<List<Detection>> found =
            asked.detections(model.predict(Map.of(name, batch), arena), size);
        for (int i = 0; i < same.size(); i++) {
          Image image = same.get(i);
          Size own = new Size(image.height(), image.width());
          all.add(inImage(found.get(i), own, preparing.how().placement(own, network.input())));
        }
      }
    }
    return List.copyOf(all);
  }

  /**
   * Converts boxes to pixels of the original image and clips them at its border. Boxes outside the
   * image are dropped. Key points are converted, too, and are not clipped.
   */
  private static List<Detection> inImage(List<Detection> found, Size image, Placement placed) {
    List<Detection> all = new ArrayList<>();
    for (Detection d : found) {
      Box box = d.box();
      double left = placed.across().toImage(box.left());
      double top = placed.down().toImage(box.top());
      double right = placed.across().toImage(box.right());
      double bottom = placed.down().toImage(box.bottom());
      Box inside =
          new Box(
              limited(left, image.width()),
              limited(top, image.height()),
              limited(right, image.width()),
              limited(bottom, image.height()));
      if (inside.area() > 0) {
        List<KeyPoint> points = new ArrayList<>();
        for (KeyPoint p : d.keyPoints()) {
          points.add(
              new KeyPoint(
                  placed.across().toImage(p.x()), placed.down().toImage(p.y()), p.score()));
        }
        all.add(d.box(inside).keyPoints(points));
      }
    }
    return List.copyOf(all);
  }

  private static double limited(double at, double side) {
    return Math.max(0, Math.min(at, side));
  }

  static List<Image> one(Image image) {
    return List.of(Require.present("detect", "image", image));
  }
}
