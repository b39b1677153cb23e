package dev.quern.predict;

import dev.quern.data.Image;
import dev.quern.data.Placement;
import dev.quern.detect.Detection;
import dev.quern.detect.DetectionTask;
import dev.quern.detect.Nms;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.network.Network;
import dev.quern.tensor.Arena;
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
        String name = network.inputs().keySet().iterator().next();
        List<Placement> placements = new ArrayList<>();
        for (Image image : same) {
          Size own = new Size(image.height(), image.width());
          placements.add(preparing.how().placement(own, network.input()));
        }
        all.addAll(asked.detections(model.predict(Map.of(name, batch)), placements));
      }
    }
    return List.copyOf(all);
  }

  static List<Image> one(Image image) {
    return List.of(Require.present("detect", "image", image));
  }
}
