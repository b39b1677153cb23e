/* Image layouts and augmentation. See quern.h for the common rules. */
#ifndef QUERN_IMAGES_H
#define QUERN_IMAGES_H

#include "quern_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- layout ---- */

/* Converts planar [n, c, h, w] to channels last with the given pitch, and back; src and dst have the same type. */
QUERN_API int quern_nchw_to_nhwc(int64_t type, int64_t n, int64_t c, int64_t h, int64_t w, const void* src, void* dst,
                                 int64_t dst_pitch) QUERN_NOEXCEPT;
QUERN_API int quern_nhwc_to_nchw(int64_t type, int64_t n, int64_t c, int64_t h, int64_t w, const void* src,
                                 int64_t src_pitch, void* dst) QUERN_NOEXCEPT;

/* Converts unsigned bytes [n, c, h, w] to elements of the type in NHWC or, if dst_pitch is 0, in NCHW: dst = byte *
 * scale[c] + shift[c]. Unless moves is NULL, it has three numbers per image, d, r and m, and moves the image: pixel (y,
 * x) of dst is pixel (y + d, x + r) of src. If m contains QUERN_MOVE_MIRRORED, the column is w - 1 - x + r; if m
 * contains QUERN_MOVE_UPSIDE_DOWN, the row is h - 1 - y + d. Pixels outside the image are zero bytes or, if m contains
 * QUERN_MOVE_REFLECT, the image reflected at its border, whose pixels are not repeated. */
enum quern_move { QUERN_MOVE_MIRRORED = 1, QUERN_MOVE_REFLECT = 2, QUERN_MOVE_UPSIDE_DOWN = 4 };
QUERN_API int quern_images(int64_t type, int64_t n, int64_t c, int64_t h, int64_t w, const unsigned char* src,
                           const int32_t* moves, const float* scale, const float* shift, void* dst,
                           int64_t dst_pitch) QUERN_NOEXCEPT;

/* ---- augment ---- */

enum { QUERN_AUGMENT_WORDS = 16 }; /* words per step */

/* The operation of a step, which is its first word. The comments list its next words: integers, or floats where the
 * name is in capitals. Pixel values are from 0 to 1. A step marked with "three channels" does not change other images.
 * */
enum quern_augment_step {
  QUERN_AUGMENT_END = 0,   /* skips this step and all steps after it */
  QUERN_AUGMENT_MOVE = 1,  /* down, right, quern_move, as quern_images */
  QUERN_AUGMENT_WARP = 2,  /* MATRIX, 3x3 and row by row, from output to input coordinates relative to the image center;
                              left, top, right and bottom (inclusive) of the readable pixels; 1 to clamp coordinates
                              outside of them, 0 to use FILL; FILL. Bilinear. */
  QUERN_AUGMENT_ERASE = 3, /* top, left, height, width, quern_erase, VALUE, key of two words */
  QUERN_AUGMENT_BRIGHTNESS = 4,      /* FACTOR */
  QUERN_AUGMENT_CONTRAST = 5,        /* FACTOR */
  QUERN_AUGMENT_SATURATION = 6,      /* FACTOR; three channels */
  QUERN_AUGMENT_HUE = 7,             /* TURN, a fraction of a full turn; three channels */
  QUERN_AUGMENT_GRAYSCALE = 8,       /* three channels */
  QUERN_AUGMENT_GAUSSIAN_BLUR = 9,   /* odd taps along x, along y; SIGMA along x, along y; reflected at the border */
  QUERN_AUGMENT_GAUSSIAN_NOISE = 10, /* MEAN, SIGMA, key of two words */
  QUERN_AUGMENT_SHARPNESS = 11,      /* FACTOR */
  QUERN_AUGMENT_POSTERIZE = 12,      /* bits, 0 to 8 */
  QUERN_AUGMENT_SOLARIZE = 13,       /* THRESHOLD */
  QUERN_AUGMENT_AUTOCONTRAST = 14,
  QUERN_AUGMENT_EQUALIZE = 15,
  QUERN_AUGMENT_INVERT = 16
};

/* The new value of an erased pixel: VALUE of the step, the value that normalizes to 0, or values that normalize to
 * normal random numbers. */
enum quern_erase { QUERN_ERASE_VALUE = 0, QUERN_ERASE_MEAN = 1, QUERN_ERASE_NOISE = 2 };

typedef struct quern_augment {
  int64_t batch;
  int64_t channels;
  int64_t height;
  int64_t width;
  int64_t steps; /* of each image */
  int64_t type;  /* of dst */
} quern_augment;

/* bytes[0] receives the workspace size for all threads. A smaller workspace, at least that of one thread, is also
 * accepted and runs fewer threads. */
QUERN_API int quern_augment_workspace(const quern_augment* augment, int64_t* bytes) QUERN_NOEXCEPT;
/* Divides unsigned bytes [n, c, h, w] by 255, applies the steps of each image, and writes dst as quern_images does. If
 * src is NULL, the images are in dst as floats [n, c, h, w]. steps has the shape [n, steps, QUERN_AUGMENT_WORDS]. */
QUERN_API int quern_augment_apply(const quern_augment* augment, const unsigned char* src, const int32_t* steps,
                                  const float* scale, const float* shift, void* dst, int64_t dst_pitch, void* workspace,
                                  int64_t workspace_bytes) QUERN_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
