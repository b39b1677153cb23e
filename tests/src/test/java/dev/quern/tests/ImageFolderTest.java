package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.data.Image;
import dev.quern.data.Preprocessing;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.io.dataset.ImageFolder;
import dev.quern.io.dataset.LabelKind;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Folders of pictures as data sets: labels, splits, samples. */
class ImageFolderTest extends ImageFolderCase {
  @Test
  void subfoldersAreClassesSortedByName() throws IOException {
    picture("dog/1.png", 1);
    picture("cat/9.BMP".toLowerCase(), 2);
    picture("cat/deep/er/2.gif", 3);
    picture("ant/1.png", 4);
    picture("dog/.hidden.png", 5);
    picture(".git/1.png", 6);
    picture("dog/.cache/1.png", 6);
    picture("beside.png", 7);
    Files.writeString(dir.resolve("dog/notes.txt"), "no picture");
    Files.writeString(dir.resolve("dog/png"), "no picture");
    try (ImageFolder folder = builder().open()) {
      assertThat(folder.classes()).containsExactly("ant", "cat", "dog");
      assertThat(folder.counts()).isEqualTo(Map.of("ant", 1, "cat", 2, "dog", 1));
      assertThat(labels(folder.all())).containsExactly(0, 1, 1, 2);
      assertThat(folder.train().size()).isEqualTo(4);
      assertThat(folder.test().size() + folder.validation().size()).isZero();
      assertThat(folder.broken()).isEmpty();
      assertThat(folder.name()).isEqualTo(dir.getFileName().toString());
      assertThat(folder.all().shape()).isEqualTo(Shape.of(3, 4, 5));
      assertThat(folder).hasToString("ImageFolder " + folder.name() + ": 4 images, 3 classes");
    }
    assertThat(ImageFolder.files(dir)).hasSize(5).contains(dir.resolve("beside.png"));
    assertThat(ImageFolder.files(dir.resolve("dog"))).containsExactly(dir.resolve("dog/1.png"));
  }

  @Test
  void samplesAreWhatPreprocessingMakes() throws IOException {
    classes(3, 2);
    for (Preprocessing.Fit fit : Preprocessing.Fit.values()) {
      for (long cache : new long[] {0, 100, 1 << 20}) {
        try (ImageFolder folder = builder().fit(fit).cache(cache).open()) {
          Preprocessing how = folder.preprocessing();
          assertThat(how.fit()).isEqualTo(fit);
          assertThat(how.size()).isEqualTo(SIZE);
          List<Path> files = ImageFolder.files(dir);
          for (int i = 0; i < files.size(); i++) {
            byte[] pixels = how.resized(Image.read(files.get(i)), Shape.of(3, 4, 5)).pixels();
            assertThat(folder.all().image(i)).isEqualTo(pixels);
          }
          assertThat(how.normalization()).isEqualTo(copy(folder.train()).normalization());
        }
      }
    }
  }

  /** The same in arrays. */
  @Test
  void viewsAreThoseOfArrays() throws IOException {
    classes(6, 5);
    try (ImageFolder folder = builder().open()) {
      Dataset own = folder.all();
      Dataset array = copy(own);
      for (int v = 0; v < 3; v++) {
        Dataset a = view(own, v);
        Dataset b = view(array, v);
        assertThat(labels(a)).isEqualTo(labels(b));
        assertThat(a.image(2)).isEqualTo(b.image(2));
        assertThat(a.normalization()).isEqualTo(b.normalization());
      }
      assertThatThrownBy(() -> own.slice(0, 12)).isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> own.subset(null)).hasMessageContaining("indices is null");
      for (Dataset d : List.of(own, array)) {
        assertThatThrownBy(() -> d.subset(new int[] {11}))
            .isInstanceOf(InvalidArgumentException.class)
            .hasMessageContaining("image 11 is outside [0, 11)");
      }
    }
  }

  private static Dataset view(Dataset data, int which) {
    return switch (which) {
      case 0 -> data.shuffled(3).slice(2, 9);
      case 1 -> data.slice(1, 8).shuffled(4);
      default -> data.subset(new int[] {10, 0, 0, 3}).subset(new int[] {3, 1, 0});
    };
  }

  @Test
  void ratioHoldsForEachClass() throws IOException {
    classes(10, 5, 2, 1);
    try (ImageFolder folder = builder().split(0.8, 7).open()) {
      assertThat(labels(folder.train())).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 3);
      assertThat(labels(folder.test())).containsExactly(0, 0, 1, 2);
      assertThat(images(folder.train())).doesNotContainAnyElementsOf(images(folder.test()));
      try (ImageFolder again = builder().split(0.8, 7).cache(0).open();
          ImageFolder other = builder().split(0.8, 8).open()) {
        assertThat(images(again.test())).isEqualTo(images(folder.test()));
        assertThat(images(other.test())).isNotEqualTo(images(folder.test()));
      }
    }
    try (ImageFolder all = builder().split(1, 7).open();
        ImageFolder none = builder().split(0, 7).open()) {
      assertThat(all.test().size()).isZero();
      assertThat(none.train().size()).isZero();
      assertThat(none.preprocessing()).isEqualTo(all.preprocessing());
    }
  }

  @Test
  void foldersOfParts() throws IOException {
    picture("train/cat/1.png", 1);
    picture("train/dog/1.png", 2);
    picture("val/cat/1.png", 3);
    picture("test/dog/1.png", 4);
    picture("test/eel/1.png", 5);
    try (ImageFolder folder = builder().split(0.5, 1).open()) {
      assertThat(folder.classes()).containsExactly("cat", "dog", "eel");
      assertThat(labels(folder.train())).containsExactly(0, 1);
      assertThat(labels(folder.validation())).containsExactly(0);
      assertThat(labels(folder.test())).containsExactly(1, 2);
    }
    picture("bus/1.png", 1); // then they are classes of vehicles
    try (ImageFolder folder = builder().open()) {
      assertThat(folder.classes()).containsExactly("bus", "test", "train", "val");
    }
  }

  @Test
  void listOfLabels() throws IOException {
    picture("x/1.png", 1);
    picture("x/2, \"two\".png", 2);
    picture("3.png", 3);
    Path csv =
        Files.writeString(
            dir.resolve("labels.csv"),
            "\ufefflabel,note,file,split\r\n\"b\",,x/1.png,train\r\n\r\n"
                + "a,\"two\nlines\",\"x/2, \"\"two\"\".png\",test\r\nb,,3.png,val");
    try (ImageFolder folder = builder().labels(csv).open()) {
      assertThat(folder.classes()).containsExactly("a", "b");
      assertThat(labels(folder.all())).containsExactly(1, 0, 1);
      assertThat(labels(folder.train())).containsExactly(1);
      assertThat(labels(folder.validation())).containsExactly(1);
      assertThat(labels(folder.test())).containsExactly(0);
    }
  }

  @Test
  void aColumnHasWeights() throws IOException {
    for (int i = 1; i <= 4; i++) {
      picture(i + ".png", 10 * i);
    }
    String list = "file,label,trust,split\n1.png,b,2.5,train\n2.png,a,0,test\n3.png,a,1e1,train\n";
    Path csv = Files.writeString(dir.resolve("l.csv"), list);
    try (ImageFolder folder = builder().labels(csv).weights("trust").open()) {
      Dataset train = folder.train();
      assertThat(train.hasWeights()).isTrue();
      assertThat(train.weight(0)).isEqualTo(2.5f);
      assertThat(train.subset(new int[] {1}).weight(0)).isEqualTo(10);
      assertThat(train.slice(1, 2).weight(0)).isEqualTo(10);
      assertThat(train.slice(1, 2).label(0)).isEqualTo(0);
      assertThat(folder.test().weight(0)).isZero();
      assertThatThrownBy(() -> train.weight(2)).isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> train.subset(new int[] {2}))
          .isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> train.slice(0, 3)).isInstanceOf(InvalidArgumentException.class);
    }
    try (ImageFolder folder = builder().labels(csv).open()) {
      assertThat(folder.train().hasWeights()).isFalse();
    }
    assertThatThrownBy(() -> builder().weights("trust"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("call labels first");
    assertThatThrownBy(() -> builder().labels(csv).weights("weight").open())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("the weight column weight is not one of [file, label, trust, split]");
    for (String bad : List.of("", "x", "-1", "NaN", "Infinity")) {
      Files.writeString(csv, "file,label,trust\n1.png,a," + bad);
      assertThatThrownBy(() -> builder().labels(csv).weights("trust").open())
          .as(bad)
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("line 2 has the weight " + bad);
    }
  }

  @Test
  void severalLabelsAndNumbersAreTargets() throws IOException {
    for (int i = 1; i <= 4; i++) {
      picture(i + ".png", 10 * i);
    }
    Path csv =
        Files.writeString(
            dir.resolve("l.csv"),
            "file,label,split\n1.png,b;a,train\n2.png,,train\n3.png,c; ,val\n4.png,a,test\n");
    try (ImageFolder folder = builder().labels(csv, LabelKind.MULTI_LABEL).split(0.5, 1).open()) {
      assertThat(folder.classes()).containsExactly("a", "b", "c");
      assertThat(folder.counts()).isEqualTo(Map.of("a", 2, "b", 1, "c", 1));
      Dataset train = folder.train();
      assertThat(train.hasTargets()).isTrue();
      assertThat(train.targetShape()).isEqualTo(Shape.of(3));
      assertThat(train.target(0)).containsExactly(1, 1, 0);
      assertThat(train.target(1)).containsExactly(0, 0, 0);
      assertThat(folder.test().target(0)).containsExactly(1, 0, 0);
      assertThat(train)
          .hasToString("Dataset " + folder.name() + ": 2 images of 3x4x5, targets of 3");
      assertThatThrownBy(() -> train.label(0)).hasMessageContaining("it has targets, not labels");
      assertThatThrownBy(() -> train.target(2)).isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> train.copyTarget(0, FloatBuffer.allocate(2)))
          .hasMessageContaining("3 values does not fit");
    }
    Files.writeString(csv, "file,label\n1.png,1.5;-2\n2.png,3e2;0\n3.png,1;1\n4.png,2;2\n");
    try (ImageFolder folder = builder().labels(csv, LabelKind.NUMBERS).split(0.5, 1).open()) {
      assertThat(folder.classes()).isEmpty();
      assertThat(folder.all().target(1)).containsExactly(300, 0);
      assertThat(folder.test().size()).isEqualTo(2);
    }
    for (String bad : List.of("1.png,x", "1.png,NaN", "1.png,1\n2.png,1;2", "1.png,;")) {
      Files.writeString(csv, "file,label\n" + bad);
      assertThatThrownBy(() -> builder().labels(csv, LabelKind.NUMBERS).open())
          .as(bad)
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("label ");
    }
    Files.writeString(csv, "file,label\n1.png,");
    assertThatThrownBy(() -> builder().labels(csv, LabelKind.MULTI_LABEL).open())
        .hasMessageContaining("none of the images has a label");
  }

  @Test
  void badListsAreRefused() throws IOException {
    picture("1.png", 1);
    Map<String, String> lines =
        Map.of(
            "name,label\n1.png,a", "must have the columns \"file\" and \"label\"",
            "file,label\n1.png", "line 2 has 1 cells, the header has 2",
            "file,label\n1.png,", "line 2 has no label",
            "file,label\n\n../1.png,a", "line 3 has the file \"../1.png\", which is not inside",
            "file,label\n/etc/passwd,a", "which is not inside",
            "file,label\n1.png,a\n1.png,b", "a second time",
            "file,label\n\"1.png,a", "not valid CSV: (startline 2) EOF reached",
            "file,label\n\"1.png\"x,a",
                "not valid CSV: Invalid character between encapsulated token and delimiter at line:"
                    + " 2",
            "file,label,split\n1.png,a,dev", "the split dev, expected train, val or test",
            "", "must have the columns");
    lines.forEach(
        (text, message) -> {
          Path csv = dir.resolve("labels.csv");
          try {
            Files.writeString(csv, text);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
          assertThatThrownBy(() -> builder().labels(csv).open())
              .as(text)
              .isInstanceOf(FormatException.class)
              .hasMessageContaining(message);
        });
    assertThatThrownBy(() -> builder().labels(dir.resolve("none.csv")).open())
        .isInstanceOf(NotFoundException.class);
    Path csv = Files.writeString(dir.resolve("labels.csv"), "file,label\n2.png,a\n1.png,b");
    assertThatThrownBy(() -> builder().labels(csv).open())
        .hasMessageContaining("1 of 2 files are broken")
        .hasMessageContaining("2.png (the file does not exist)");
  }

  /** Twice in a list is twice in training, or in training and in the test. */
  @Test
  void oneFileByTwoNamesIsRefused() throws IOException {
    picture("x/1.png", 1);
    for (String same : List.of("./x/1.png", "x//1.png", "x/../x/1.png")) {
      Path csv = Files.writeString(dir.resolve("l.csv"), "file,label\nx/1.png,a\n" + same + ",b");
      assertThatThrownBy(() -> builder().labels(csv).open())
          .as(same)
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("line 3 has the file " + same + " a second time");
    }
  }

  @Test
  void anEmptyListIsRefused() throws IOException {
    picture("x/1.png", 1);
    Path csv = Files.writeString(dir.resolve("l.csv"), "file,label\n");
    assertThatThrownBy(() -> builder().labels(csv).open())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("l.csv does not list any image");
  }

  @Test
  void classesMayBeGiven() throws IOException {
    classes(1, 2);
    try (ImageFolder folder = builder().classes(List.of("z", "b", "a")).open()) {
      assertThat(labels(folder.all())).containsExactly(2, 1, 1);
      assertThat(folder.counts()).isEqualTo(Map.of("z", 0, "b", 2, "a", 1));
    }
    assertThatThrownBy(() -> builder().classes(List.of("a")).open())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("class b is not one of [a]");
  }
}
