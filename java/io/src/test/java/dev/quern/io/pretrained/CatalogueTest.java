package dev.quern.io.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Preprocessing;
import dev.quern.error.InvalidArgumentException;
import dev.quern.network.Networks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The entries of the catalog, which no file is needed for. */
class CatalogueTest {
  @Test
  void namesAreInOrder() {
    assertThat(Pretrained.names())
        .containsExactly(
            "mobilenet_v2",
            "mobilenet_v2_qdq",
            "cifar10_resnet8",
            "mnist",
            "ultraface",
            "ppocr_cls",
            "torchvision/resnet18",
            "torchvision/resnet34",
            "torchvision/resnet50",
            "torchvision/resnet50-v1",
            "torchvision/mobilenet_v2",
            "torchvision/vgg16",
            "torchvision/densenet121",
            "torchvision/efficientnet_b0");
    assertThat(Pretrained.all().stream().map(Pretrained::name)).isEqualTo(Pretrained.names());
  }

  @Test
  void everyEntryIsWhole() {
    for (Pretrained n : Pretrained.all()) {
      String as = n.name();
      assertThat(n.name()).as(as).matches("([a-z]+/)?[a-z0-9_-]+");
      assertThat(n.fileName()).as(as).matches("[A-Za-z0-9][A-Za-z0-9._-]*\\.(onnx|pth)");
      assertThat(n.sha256()).as(as).matches("[0-9a-f]{64}");
      assertThat(n.bytes()).as(as).isPositive();
      assertThat(n.licence()).as(as).isIn("Apache-2.0", "MIT", "BSD-3-Clause");
      assertThat(n.about()).as(as).isNotBlank();
      assertThat(n.origin()).as(as).isNotBlank();
      assertThat(n.task()).as(as).isIn("classification", "detection");
      assertThat(n.classes()).as(as).hasSizeGreaterThan(1).doesNotContain("");
      assertThat(new HashSet<>(n.classes())).as(as).hasSameSizeAs(n.classes());
      assertThat(n.preprocessing().normalization().channels())
          .as(as)
          .isEqualTo((int) n.input().dim(0));
      assertThat(n.toString()).isEqualTo(n.name());
    }
    assertThat(Pretrained.all().stream().map(Pretrained::fileName)).doesNotHaveDuplicates();
  }

  /** torchvision's file names end in the begin of the SHA-256. */
  @Test
  void torchvisionsSumsAreThoseOfItsNames() {
    List<Pretrained> all =
        Pretrained.all().stream().filter(n -> n.name().startsWith("torchvision/")).toList();
    assertThat(all).hasSize(8);
    for (Pretrained n : all) {
      String name = n.fileName();
      assertThat(n.sha256())
          .startsWith(name.substring(name.lastIndexOf('-') + 1, name.lastIndexOf('.')));
      assertThat(n.uri()).hasToString("https://download.pytorch.org/models/" + name);
      assertThat(Networks.names()).contains(n.entry().network());
      assertThat(Networks.byName(n.entry().network()).input()).isEqualTo(n.input());
      assertThat(n.classes()).hasSize(1000).contains("Egyptian cat").doesNotContain("background");
      assertThat(n.classes().get(281)).isEqualTo("tabby, tabby cat");
    }
    Pretrained first = all.get(0);
    assertThat(first.preprocessing()).isEqualTo(Preprocessing.imagenet());
    assertThat(Pretrained.of("torchvision/resnet50").preprocessing().crop()).isEqualTo(224 / 232f);
  }

  /** The published file of densenet121 writes norm.1 where torchvision's network has norm1. */
  @Test
  void torchvisionsNamesAreThoseOfTheNetworks() {
    for (Pretrained n : Pretrained.all()) {
      if (n.entry().network() != null) {
        boolean old = n.name().equals("torchvision/densenet121");
        for (String name : Networks.byName(n.entry().network()).state().keySet()) {
          String published =
              old ? name.replaceAll("(layer\\d+\\.)(norm|conv)(\\d)", "$1$2.$3") : name;
          assertThat(n.entry().names().renamed(published)).isEqualTo(name);
        }
      }
    }
  }

  @Test
  void theOthersHaveTheirPreprocessing() {
    Pretrained mobilenet = Pretrained.of("mobilenet_v2");
    assertThat(mobilenet.classes()).hasSize(1001).startsWith("background", "tench, Tinca tinca");
    assertThat(mobilenet.preprocessing().normalization().mean())
        .containsExactly(128 / 255f, 128 / 255f, 128 / 255f);
    assertThat(mobilenet.uri()).isNull();
    assertThat(mobilenet.detection()).isNull();
    Pretrained lines = Pretrained.of("ppocr_cls");
    assertThat(lines.preprocessing().channels()).isEqualTo(Preprocessing.Channels.BGR);
    assertThat(lines.preprocessing().size()).isEqualTo(new Size(48, 192));
    assertThat(lines.input()).isEqualTo(Shape.of(3, Shape.FREE, Shape.FREE));
    Pretrained cifar = Pretrained.of("cifar10_resnet8");
    assertThat(cifar.preprocessing().normalization().mean()).containsExactly(0, 0, 0);
    assertThat(cifar.preprocessing().normalization().std()[0]).isEqualTo(1 / 255f);
    assertThat(Pretrained.of("ultraface").task()).isEqualTo("detection");
    assertThat(Pretrained.of("ultraface").detection().classes())
        .containsExactly("background", "face");
  }

  @Test
  void unknownNamesListTheNearest() {
    isUnknown("mobilnet_v2", "similar names are mobilenet_v2, mobilenet_v2_qdq");
    isUnknown("resnet18", "similar names are torchvision/resnet18");
    isUnknown("mobilnet", "similar names are mobilenet_v2, ");
    isUnknown("yolo", "command \"quern models\" lists its 14 networks");
    isUnknown("", "command \"quern models\" lists its 14 networks");
    isUnknown("a\nb".repeat(100), "...");
    assertThatThrownBy(() -> Pretrained.of(null)).isInstanceOf(InvalidArgumentException.class);
  }

  private static void isUnknown(String name, String ending) {
    assertThatThrownBy(() -> Pretrained.of(name))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageStartingWith("pretrained: ")
        .hasMessageContaining(ending)
        .message()
        .hasSizeLessThan(200)
        .doesNotContain("\n");
  }
}
