/* Images: layouts, and what augmentation does to them. A part of quern.h, which has the rules of all. */
#ifndef QUERN_IMAGES_H
#define QUERN_IMAGES_H

#include "quern_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- layout ---- */

/* Planar [n, c, h, w] to channels last with the given pitch, and back; both sides of one type. */
QUERN_API int quern_nchw_to_nhwc(int64_t type, int64_t n, int64_t c, int64_t h, int64_t w, const void* src, void* dst,
                                 int64_t dst_pitch) QUERN_NOEXCEPT;
QUERN_API int quern_nhwc_to_nchw(int64_t type, int64_t n, int64_t c, int64_t h, int64_t w, const void* src,
                                 int64_t src_pitch, void* dst) QUERN_NOEXCEPT;

/* Unsigned bytes [n, c, h, w] to elements of the type in NHWC, or, where dst_pitch is 0, in NCHW:
 * dst = byte * scale[c] + shift[c].
 * moves may be null; else it has three numbers an image, d, r and m, and pixel (y, x) comes from (y + d, x + r), or,
 * where m has QUERN_MOVE_MIRRORED, from column w - 1 - x + r, and, where it has QUERN_MOVE_UPSIDE_DOWN, from row
 * h - 1 - y + d. Where that is outside the image it is a zero byte, or, where m has QUERN_MOVE_REFLECT, the image
 * reflected at its border, whose pixels are not repeated. */
enum quern_move { QUERN_MOVE_MIRRORED = 1, QUERN_MOVE_REFLECT = 2, QUERN_MOVE_UPSIDE_DOWN = 4 };
QUERN_API int quern_images(int64_t type, int64_t n, int64_t c, int64_t h, int64_t w, const unsigned char* src,
                           const int32_t* moves, const float* scale, const float* shift, void* dst,
                           int64_t dst_pitch) QUERN_NOEXCEPT;

/* ---- augment ---- */

enum { QUERN_AUGMENT_WORDS = 16 }; /* of a step */

/* What a step does. Its first word is one of these, the next are what stands here: whole numbers, or floats where a
 * name is in capitals. Values are from 0 to 1; a step that says so leaves images of other than three channels alone. */
enum quern_augment_step {
  QUERN_AUGMENT_END = 0,        /* nothing, nor the steps behind it */
  QUERN_AUGMENT_MOVE = 1,       /* down, right, quern_move, as quern_images */
  QUERN_AUGMENT_WARP = 2,       /* MATRIX of 9 from output to input, both from the image's middle, in rows; the pixels
                                 * that may be read, left, top, right, bottom, the last included; whether coordinates
                                 * beyond are clamped to them; else FILL. Bilinear. */
  QUERN_AUGMENT_ERASE = 3,      /* top, left, height, width, quern_erase, VALUE, key of two words */
  QUERN_AUGMENT_BRIGHTNESS = 4, /* FACTOR */
  QUERN_AUGMENT_CONTRAST = 5,   /* FACTOR */
  QUERN_AUGMENT_SATURATION = 6, /* FACTOR; three channels */
  QUERN_AUGMENT_HUE = 7,        /* TURN, of a whole one; three channels */
  QUERN_AUGMENT_GRAYSCALE = 8,  /* three channels */
  QUERN_AUGMENT_GAUSSIAN_BLUR = 9,   /* taps along x, along y, odd; SIGMA along x, along y; reflected at the border */
  QUERN_AUGMENT_GAUSSIAN_NOISE = 10, /* MEAN, SIGMA, key of two words */
  QUERN_AUGMENT_SHARPNESS = 11,      /* FACTOR */
  QUERN_AUGMENT_POSTERIZE = 12,      /* bits, 0 to 8 */
  QUERN_AUGMENT_SOLARIZE = 13,       /* THRESHOLD */
  QUERN_AUGMENT_AUTOCONTRAST = 14,
  QUERN_AUGMENT_EQUALIZE = 15,
  QUERN_AUGMENT_INVERT = 16
};

/* What becomes of an erased pixel: the step's value, what normalises to 0, or to normal random numbers. */
enum quern_erase { QUERN_ERASE_VALUE = 0, QUERN_ERASE_MEAN = 1, QUERN_ERASE_NOISE = 2 };

typedef struct quern_augment {
  int64_t batch;
  int64_t channels;
  int64_t height;
  int64_t width;
  int64_t steps; /* of each image */
  int64_t type;  /* of dst */
} quern_augment;

/* Workspace for all threads; a fraction of it will do, down to one thread's. */
QUERN_API int quern_augment_workspace(const quern_augment* augment, int64_t* bytes) QUERN_NOEXCEPT;
/* Unsigned bytes [n, c, h, w], each over 255, through each image's steps and then as quern_images to dst. Where src is
 * null the images lie in dst, as floats [n, c, h, w]. steps: [n, steps, QUERN_AUGMENT_WORDS]. */
QUERN_API int quern_augment_apply(const quern_augment* augment, const unsigned char* src, const int32_t* steps,
                                  const float* scale, const float* shift, void* dst, int64_t dst_pitch, void* workspace,
                                  int64_t workspace_bytes) QUERN_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
