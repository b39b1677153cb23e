package dev.quern.fuzz.files;

import dev.quern.detect.BoxSample;
import dev.quern.detect.BoxSet;
import dev.quern.detect.MeanAveragePrecision;
import dev.quern.detect.PointTargets;
import dev.quern.fuzz.Attack;
import dev.quern.io.dataset.BoxFiles;
import dev.quern.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** Where things are in pictures: COCO's JSON and VOC's XML. */
final class BoxesFormat implements Format {
  private static final String COCO =
      """
      {"images": [{"id": 1, "file_name": "a.png", "width": 20, "height": 10}],
       "annotations": [
        {"id": 1, "image_id": 1, "category_id": 2, "bbox": [1, 2.5, 3, 4], "area": 11.5,
         "iscrowd": 0, "segmentation": [[1, 2, 3]]},
        {"id": 2, "image_id": 1, "category_id": 1, "bbox": [0, 0, 20, 10], "iscrowd": 1}],
       "categories": [{"id": 2, "name": "b"}, {"id": 1, "name": "a"}]}
      """;

  private static final byte[] VOC =
      """
      <?xml version="1.0"?>
      <annotation><filename>a.png</filename><size><width>20</width><height>10</height></size>
      <!-- c --><object><name>a &amp; b</name><difficult>1</difficult><bndbox><xmin>1</xmin>
      <ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object></annotation>
      """
          .getBytes(StandardCharsets.UTF_8);

  private static final List<String> XML =
      List.of(
          "<!DOCTYPE a [<!ENTITY x \"y\">]>",
          "<!DOCTYPE a SYSTEM \"file:/etc/passwd\">",
          "&x;",
          "&#0;",
          "&#xD800;",
          "<![CDATA[",
          "]]>",
          "<?x y?>",
          "<a xmlns=\"b\">",
          "</object>",
          "<object>",
          "1e999",
          "../");

  private static final byte[] YOLO =
      "0 0.5 0.5 0.25 0.5\n1 0.1 0.9 0.01 0.1\n".getBytes(StandardCharsets.US_ASCII);

  private static final List<String> WORDS =
      List.of("0", "1.5", "-0", "NaN", "1e-400", " ", "\n", "\t", "2", "0x1p-1", "1f", "\u0000");

  private final Scratch scratch;

  BoxesFormat(Scratch scratch) {
    this.scratch = scratch;
  }

  @Override
  public boolean attack(Dice dice) throws Exception {
    Path pictures = scratch.path("pictures");
    BoxSet read;
    if (dice.oneIn(4)) {
      read = yolo(dice);
    } else if (dice.oneIn(2)) {
      byte[] text = JsonText.mutate(COCO, dice).getBytes(StandardCharsets.UTF_8);
      read = BoxFiles.coco(scratch.file("boxes.json", text), scratch.path("pictures"));
    } else {
      byte[] text = VOC;
      do {
        byte[] odd = dice.of(XML).getBytes(StandardCharsets.UTF_8);
        int at = dice.below(text.length + 1);
        text = dice.oneIn(2) ? Bits.mutate(text, VOC, dice) : Bits.spliced(text, at, odd, at);
      } while (dice.again(3));
      Path folder = scratch.empty("annotations");
      scratch.file("annotations/a.xml", text);
      read = BoxFiles.voc(folder, pictures);
    }
    use(read, pictures);
    return true;
  }

  private BoxSet yolo(Dice dice) throws IOException {
    Path folder = scratch.empty("yolo");
    byte[] text = YOLO;
    do {
      byte[] odd = dice.of(WORDS).getBytes(StandardCharsets.UTF_8);
      int at = dice.below(text.length + 1);
      text = dice.oneIn(2) ? Bits.mutate(text, YOLO, dice) : Bits.spliced(text, at, odd, at);
    } while (dice.again(3));
    scratch.file("yolo/a.txt", text);
    Path pictures = Files.createDirectories(scratch.path("pictures"));
    if (!Files.exists(pictures.resolve("a.png"))) {
      ImageIO.write(
          new BufferedImage(20, 10, BufferedImage.TYPE_BYTE_GRAY),
          "png",
          pictures.resolve("a.png").toFile());
    }
    return BoxFiles.yolo(folder, pictures, "a", "b");
  }

  private static void use(BoxSet read, Path pictures) {
    Shape output = Shape.of(read.classes().size() + 4L, 5, 5);
    for (BoxSample sample : read.samples()) {
      if (!sample.file().normalize().startsWith(pictures.normalize())) {
        throw new Attack.Finding("boxes: " + sample.file() + " is outside " + pictures, null);
      }
      if (!read.classes().isEmpty()) {
        PointTargets.of(sample.boxes(), 4, output);
      }
      MeanAveragePrecision.coco().add(List.of(), sample.boxes()).metrics();
    }
  }
}
