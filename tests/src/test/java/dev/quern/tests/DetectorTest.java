package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Dataset;
import dev.quern.data.Image;
import dev.quern.detect.Detection;
import dev.quern.detect.DetectionTask;
import dev.quern.detect.MeanAveragePrecision;
import dev.quern.detect.Nms;
import dev.quern.detect.PointBoxes;
import dev.quern.detect.PointLoss;
import dev.quern.detect.PointTargets;
import dev.quern.io.ModelFile;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.network.Task;
import dev.quern.optim.Adam;
import dev.quern.optim.Schedule;
import dev.quern.predict.Model;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small detector learns from nothing to find shapes, and to say where they are. */
@Tag("full")
class DetectorTest {
  private static final int STRIDE = 8;

  @TempDir Path folder;

  private static Network network() {
    NetworkBuilder b =
        Network.builder("shapes", Shape.of(3, ShapePictures.SIDE, ShapePictures.SIDE));
    int number = 0;
    for (int[] block : new int[][] {{16, 2}, {32, 2}, {64, 2}, {64, 1}, {64, 1}}) {
      number++;
      b.add("conv" + number, new Conv2d(block[0], 3).padding(1).stride(block[1]).bias(false));
      b.add("norm" + number, new BatchNorm2d());
      b.add("relu" + number, new Relu());
    }
    return b.add("head", new Conv2d(ShapePictures.CLASSES.size() + 4, 1))
        .task(Task.plain().withLoss(new PointLoss()))
        .build()
        .withDetection(new DetectionTask(PointBoxes.of("head", STRIDE), ShapePictures.CLASSES));
  }

  private static Dataset dataset(ShapePictures pictures, Network network) {
    int each = (int) network.input().elements();
    byte[] pixels = new byte[pictures.images().size() * each];
    FloatBuffer targets =
        FloatBuffer.allocate(pictures.images().size() * (int) network.output().elements());
    for (int i = 0; i < pictures.images().size(); i++) {
      System.arraycopy(pictures.images().get(i).pixels(), 0, pixels, i * each, each);
      targets.put(PointTargets.of(pictures.boxes().get(i), STRIDE, network.output()));
    }
    return Dataset.ofTargets("shapes", network.input(), pixels, network.output(), targets.flip());
  }

  private static double map(Model model, ShapePictures pictures) {
    MeanAveragePrecision map = MeanAveragePrecision.voc();
    List<Image> images = pictures.images();
    List<List<Detection>> found = model.detect(images, new Nms().score(0.05));
    for (int i = 0; i < images.size(); i++) {
      map.add(found.get(i), pictures.boxes().get(i));
    }
    return map.map();
  }

  @Test
  void learnsToFindShapes() {
    Network network = network();
    Dataset train = dataset(ShapePictures.drawn(2400, 1), network);
    ShapePictures unseen = ShapePictures.drawn(200, 2);
    int epochs = 18;
    try (Trainer trainer =
        Trainer.builder(network)
            .batch(32)
            .optimizer(new Adam(0.004f))
            .schedule(Schedule.cosine())
            .seed(1)
            .build()) {
      trainer.fit(train, epochs);
      Path file = folder.resolve("shapes.safetensors");
      ModelFile.save(file, trainer.modelData(Map.of()));
      try (Model model = Model.load(file)) {
        assertThat(map(model, unseen)).isGreaterThan(0.8);
        Detection best = model.detect(unseen.images().get(0)).get(0);
        assertThat(unseen.boxes().get(0))
            .anySatisfy(
                truth -> {
                  assertThat(best.label()).isEqualTo(ShapePictures.CLASSES.get(truth.classIndex()));
                  assertThat(best.box().iou(truth.box())).isGreaterThan(0.5);
                });
      }
    }
  }
}
