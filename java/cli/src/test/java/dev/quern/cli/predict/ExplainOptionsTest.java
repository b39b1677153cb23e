package dev.quern.cli.predict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.Pictures;
import dev.quern.data.Image;
import dev.quern.io.ModelFile;
import dev.quern.network.Networks;
import dev.quern.predict.ModelData;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code quern predict --explain}. */
class ExplainOptionsTest {
  @TempDir Path dir;
  private Path model;
  private Path picture;

  @BeforeEach
  void writeModelAndPicture() throws IOException {
    model = dir.resolve("model.safetensors");
    ModelFile.save(
        model,
        ModelData.untrained(Networks.byName("lenet"), 1)
            .forClasses(List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j"), 1));
    BufferedImage image = Pictures.plain(BufferedImage.TYPE_INT_RGB, 50, 31, 0x336699);
    image.setRGB(20, 10, 0xffffff);
    picture = Pictures.write(dir.resolve("photo.png"), image);
  }

  private Cli.Result predict(Object... more) {
    Object[] all = new Object[more.length + 4];
    all[0] = "predict";
    all[1] = "--model";
    all[2] = model;
    System.arraycopy(more, 0, all, 3, more.length);
    all[all.length - 1] = picture;
    return Cli.run(all);
  }

  @Test
  void mapsAreWrittenOverThePicture() {
    for (String way : List.of("gradcam", "occlusion", "saliency")) {
      Path out = dir.resolve(way);
      Cli.Result r = predict("--explain", way, "--out", out).succeeds();
      assertThat(r.lines()).hasSize(1);
      Image map = Image.read(out.resolve("photo." + way + ".png"));
      assertThat(map.width()).isEqualTo(50);
      assertThat(map.height()).isEqualTo(31);
      assertThat(map.channels()).isEqualTo(3);
    }
  }

  @Test
  void anotherClassAndLayerHaveAnotherMap() {
    Image c = map("c", "--explain", "saliency", "--explain-class", "c");
    assertThat(map("2", "--explain", "saliency", "--explain-class", "2")).isEqualTo(c);
    assertThat(map("d", "--explain", "saliency", "--explain-class", "d")).isNotEqualTo(c);
    int others = 0;
    for (String of : List.of("a", "b", "c", "d")) { // some may have no heat in either layer
      Image last = map(of + 1, "--explain", "gradcam", "--explain-class", of);
      Image first =
          map(of + 2, "--explain", "gradcam", "--explain-class", of, "--explain-layer", "conv1");
      others += first.equals(last) ? 0 : 1;
    }
    assertThat(others).isPositive();
  }

  private Image map(String folder, Object... more) {
    Object[] all = Arrays.copyOf(more, more.length + 2);
    all[more.length] = "--out";
    all[more.length + 1] = dir.resolve(folder);
    predict(all).succeeds();
    return Image.read(dir.resolve(folder).resolve("photo." + more[1] + ".png"));
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    Path out = dir.resolve("out");
    predict("--explain", "gradcam").isRefused("--explain needs --out");
    predict("--explain", "lime", "--out", out).isRefused("'lime' is not one of gradcam");
    predict("--explain-class", "a").isRefused("require --explain");
    predict("--explain", "saliency", "--explain-layer", "conv1", "--out", out)
        .isRefused("--explain-layer requires --explain gradcam");
    predict("--explain", "saliency", "--explain-class", "x", "--out", out)
        .isRefused("'x' is neither a number nor one of the classes");
    predict("--explain", "saliency", "--explain-class", "77", "--out", out)
        .fails("class 77 is not one of the network's 10");
    predict("--explain", "gradcam", "--explain-layer", "conf1", "--out", out)
        .fails("unknown layer conf1; did you mean conv1");
  }
}
