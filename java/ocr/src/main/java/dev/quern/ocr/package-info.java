/** Text recognition (OCR) with a detector of text lines and a recognizer of their characters. */
@NullMarked
package dev.quern.ocr;

import org.jspecify.annotations.NullMarked;
