/** Text recognition (OCR): reads the text in images with a detector and a recognizer of lines. */
module dev.quern.ocr {
  requires transitive dev.quern;
  requires dev.quern.io;
  requires dev.quern.onnx;
  requires static org.jspecify;

  exports dev.quern.ocr;
}
