/*
 * The whole C ABI of Quern: the only surface that the Java side sees, and in one file since the bindings are made of
 * it.
 *
 * Every function that can fail returns a quern_status, 0 being success; quern_error_message() then names operation,
 * offending value and rule. No function throws, and none allocates inside a compute call: a caller asks for the
 * workspace first and passes it in, aligned to 8 bytes at least.
 *
 * A quern_*_workspace query answers with bytes that are enough for its descriptor and for every one that differs by a
 * smaller batch (or fewer rows) alone, whatever number of threads is set when the passes run. Threads have places in
 * it: with no more of them than at the query each has its own, more of them wait for one another. What a pass leaves
 * there is nobody's: the next may have the same memory.
 *
 * Activations are void*: their element type is a quern_type in the descriptor, or the first argument where there is
 * none. Their memory order is NHWC (channels last) unless a descriptor says otherwise. The pitch of a tensor is the
 * number of elements from one pixel to the next: at least its channels in NHWC, 1 in NCHW. A value of a field that is
 * no type, no order, or a pitch too small is QUERN_INVALID_ARGUMENT; one that is known, but not computed in that place,
 * is QUERN_UNSUPPORTED. What is float* is float32 whatever the activations are: parameters and their gradients,
 * statistics, losses with their logits and targets, optimizer state.
 *
 * Weights and their gradients are OIHW and [out, in], as in files; a packed copy in the order that the kernels read is
 * made by the *_pack functions after each update: opaque bytes, as many as the *_packed_size query says, whose first is
 * aligned to 64 bytes. Where that is 0 the passes take the weights themselves in place of packed ones. "diff" is the
 * gradient with respect to a tensor (oneDNN's term).
 *
 * Packed weights of 16 bits, which inference alone has, are made of float32 that have such values already; passes
 * compute with them in float32. An implementation that gains nothing by them packs float32.
 *
 * All functions may be called from several threads at once, on different outputs and workspaces.
 */
#ifndef QUERN_H
#define QUERN_H

#include <stdint.h>

#include "quern_export.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- status ---- */

enum quern_status {
  QUERN_OK = 0,
  QUERN_INVALID_ARGUMENT = 1, /* a null pointer, or a number outside its range */
  QUERN_INVALID_SHAPE = 2,    /* shapes that do not fit together, or whose size overflows */
  QUERN_UNSUPPORTED = 3,      /* nothing computes that: a type, an order, or what a forced implementation refuses */
  QUERN_OUT_OF_MEMORY = 4,    /* the system granted no memory */
  QUERN_WORKSPACE = 5,        /* the workspace is smaller than the query said */
  QUERN_NOT_INITIALIZED = 6,  /* quern_init has not succeeded yet */
  QUERN_LIBRARY = 7           /* OpenBLAS cannot be loaded or is not the expected one */
};

/* ---- types ---- */

/* Of elements; names are safetensors'. Zero, as in a descriptor that says nothing, is float32. */
enum quern_type {
  QUERN_F32 = 0,  /* float32 */
  QUERN_U8 = 1,   /* unsigned bytes: q stands for (q - zero) * scale, of which whoever reads it knows zero and scale */
  QUERN_S8 = 2,   /* signed bytes from -127 to 127, of weights */
  QUERN_BF16 = 3, /* bfloat16, of packed weights */
  QUERN_F16 = 4,  /* IEEE 754 half precision, of packed weights */
  QUERN_S16 = 5   /* 16 bits from -254 to 254, of weights that are two bytes of QUERN_S8 */
};

/* Of an image in memory. */
enum quern_order {
  QUERN_NHWC = 0, /* channels last */
  QUERN_NCHW = 1  /* planes, one behind the other */
};

/* ---- errors ---- */

/* Why the calling thread's last call failed; valid until its next call. */
QUERN_API const char* quern_error_message(void) QUERN_NOEXCEPT;

/* The implementation that the calling thread's last compute call ran, for example "conv2d:im2col:avx512". */
QUERN_API const char* quern_last_implementation(void) QUERN_NOEXCEPT;

/* ---- runtime ---- */

/*
 * Loads OpenBLAS from the given file (never from anywhere else), refuses one with 64-bit integers or without threads,
 * pins it to one thread and to the kernels of the instruction set, and picks our own kernels. The library then stays
 * loaded to the end of the process. isa is NULL for the best that CPU and operating system support, or one of
 * "baseline", "avx2", "avx_vnni", "avx512", "avx512_vnni", "amx", "neon", "neon_dot". Later calls return the first
 * one's result.
 */
QUERN_API int quern_init(const char* openblas_path, const char* isa) QUERN_NOEXCEPT;

QUERN_API const char* quern_version(void) QUERN_NOEXCEPT;
QUERN_API const char* quern_isa(void) QUERN_NOEXCEPT;
QUERN_API const char* quern_isa_reason(void) QUERN_NOEXCEPT;
QUERN_API const char* quern_openblas_config(void) QUERN_NOEXCEPT;
QUERN_API const char* quern_openblas_core(void) QUERN_NOEXCEPT;

/* The C library that this process runs on, for example "glibc 2.36". */
QUERN_API const char* quern_libc(void) QUERN_NOEXCEPT;

/* Threads that a compute call may use, the calling one included: 1 to 64. Results do not depend on it. */
QUERN_API int quern_set_threads(int threads) QUERN_NOEXCEPT;
QUERN_API int quern_threads(void) QUERN_NOEXCEPT;

/*
 * From begin to end, compute calls of the calling thread share the threads with those of other threads that are between
 * them, too: of n such threads each has an nth, its own at least. Pairs may nest.
 */
QUERN_API void quern_share_begin(void) QUERN_NOEXCEPT;
QUERN_API void quern_share_end(void) QUERN_NOEXCEPT;

/* Operations a second of fused multiply-adds in registers, of the calling thread: measured now, for some 10 ms. */
QUERN_API int quern_fma_peak(double* result) QUERN_NOEXCEPT;

/*
 * What all threads together do at best, measured now, for some 100 ms: operations a second of fused multiply-adds in
 * registers, and bytes a second that a copy of memory larger than the caches of a core reads and writes.
 */
QUERN_API int quern_speed(double* operations, double* bytes) QUERN_NOEXCEPT;

/*
 * Until quern_trace_end, the calling thread does its parallel work alone and notes how long the pieces take: what a
 * simulation of more threads starts from. For each call of parallel work there are when it begins, the number of its
 * pieces, the most threads that it has places for, each piece's duration, and when it ends, in nanoseconds since the
 * beginning. What exceeds the capacity, in int64 and at most 2^27, is lost; used[0] says how much there would be.
 */
QUERN_API int quern_trace_begin(int64_t capacity) QUERN_NOEXCEPT;
QUERN_API int quern_trace_end(int64_t* records, int64_t capacity, int64_t* used) QUERN_NOEXCEPT;

/* Zeroed memory, aligned to 64 bytes; its address comes back through address[0]. */
QUERN_API int quern_alloc(int64_t bytes, int64_t* address) QUERN_NOEXCEPT;
QUERN_API void quern_free(int64_t address) QUERN_NOEXCEPT;

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

/* ---- conv2d ---- */

typedef struct quern_conv2d {
  int64_t batch;
  int64_t in_channels;
  int64_t in_height;
  int64_t in_width;
  int64_t out_channels;
  int64_t kernel_height;
  int64_t kernel_width;
  int64_t stride_height;
  int64_t stride_width;
  int64_t padding_height;
  int64_t padding_width;
  int64_t dilation_height;
  int64_t dilation_width;
  int64_t groups;
  int64_t src_pitch;
  int64_t dst_pitch;
  int64_t implementation; /* -1: the first of the list that accepts, or a later one that costs less; else that index */
  int64_t strict;         /* 1: plain sums of float32 products, no Winograd or AMX; else 0 */
  int64_t inference;      /* 1: no backward passes, for which weights are not packed then; else 0 */
  int64_t src_type;       /* quern_types; weights_type is that of the packed weights */
  int64_t weights_type;
  int64_t dst_type;
  int64_t src_order; /* quern_orders; no backward_data of a src in QUERN_NCHW */
  int64_t dst_order;
  int64_t src_zero; /* of a src in QUERN_U8: the byte that stands for 0, of padding too; else 0 */
  int64_t
      uneven_height; /* of a src in QUERN_U8: how much more padding there is at the bottom than at the top, or less */
  int64_t uneven_width; /* and on the right than on the left; else 0 */
  int64_t bf16; /* 1: products of inputs and weights rounded to bfloat16 will do where they are faster; else 0 */
} quern_conv2d;

/* Names are oneDNN's. */
enum quern_pass { QUERN_FORWARD = 0, QUERN_BACKWARD_DATA = 1, QUERN_BACKWARD_WEIGHTS = 2 };

/* The implementations, best first; NULL past the end. One list serves all passes, which share the packed weights. */
QUERN_API const char* quern_conv2d_implementation(int64_t index) QUERN_NOEXCEPT;
/* QUERN_OK if that implementation takes this pass (a quern_pass) of this convolution, with its types and orders;
 * QUERN_UNSUPPORTED with a reason otherwise. */
QUERN_API int quern_conv2d_accepts(const quern_conv2d* conv, int64_t pass, int64_t index) QUERN_NOEXCEPT;

/* The index of what runs this pass: the implementation that packs the weights or, where that leaves a batch of few
 * pixels to another, the other one. */
QUERN_API int quern_conv2d_chosen(const quern_conv2d* conv, int64_t pass, int64_t* index) QUERN_NOEXCEPT;

/* Bytes of the packed weights; 0 where the passes take the weights as they are, and pack for themselves. They serve
 * convolutions that differ in batch alone. */
QUERN_API int quern_conv2d_packed_size(const quern_conv2d* conv, int64_t* bytes) QUERN_NOEXCEPT;
/* The weights are of weights_type, those of 16 bits as float32. */
QUERN_API int quern_conv2d_pack(const quern_conv2d* conv, const void* weights, void* packed) QUERN_NOEXCEPT;
/* Bytes that all three passes can do with. */
QUERN_API int quern_conv2d_workspace(const quern_conv2d* conv, int64_t* bytes) QUERN_NOEXCEPT;

/*
 * What forward makes of each sum (bias included) before it is stored:
 * min(max(sum * scale + shift + add, low), high). A NaN passes the bounds.
 *
 * Of a src in QUERN_U8 the sums are whole numbers, exact ones, of (src - src_zero) * weight over as many inputs as fit
 * 32 bits, 65536 at most, half as many with weights in QUERN_S16. Scale and shift, in which bias is, make them numbers
 * again, in float32, each operation rounded; add is (add - add_zero) * add_scale where dst is QUERN_U8. What a dst in
 * QUERN_U8 receives is then rounded, halves to even, and dst_zero is added: the bounds keep that in [0, 255].
 */
typedef struct quern_post_ops {
  const float* scale; /* one a channel; NULL with shift: 1 and 0 */
  const float* shift;
  const void* add;  /* NULL, or values of dst's type, laid out as dst is, in other memory */
  float low;        /* -infinity for none */
  float high;       /* infinity for none */
  double* sums;     /* NULL, or, in training, 2 * out_channels: each channel's sum over dst, then that of squares */
  double* pieces;   /* with sums: memory for those of pieces of dst, as many doubles as quern_conv2d_piece_sums says */
  int64_t dst_zero; /* of QUERN_U8 */
  int64_t add_zero;
  float add_scale;
} quern_post_ops;

/* Enough for every smaller batch, too. */
QUERN_API int quern_conv2d_piece_sums(const quern_conv2d* conv, int64_t* doubles) QUERN_NOEXCEPT;
/* bias and post may be NULL. */
QUERN_API int quern_conv2d_forward(const quern_conv2d* conv, const void* src, const void* packed, const float* bias,
                                   const quern_post_ops* post, void* dst, void* workspace,
                                   int64_t workspace_bytes) QUERN_NOEXCEPT;
QUERN_API int quern_conv2d_backward_data(const quern_conv2d* conv, const void* diff_dst, const void* packed,
                                         void* diff_src, void* workspace, int64_t workspace_bytes) QUERN_NOEXCEPT;
/* Overwrites diff_weights (OIHW) and, unless NULL, diff_bias. */
QUERN_API int quern_conv2d_backward_weights(const quern_conv2d* conv, const void* src, const void* diff_dst,
                                            float* diff_weights, float* diff_bias, void* workspace,
                                            int64_t workspace_bytes) QUERN_NOEXCEPT;

/* ---- bias: what a transposed convolution needs besides the passes of the convolution that it mirrors ---- */

/* Adds values, one a channel, to each row of dst. */
QUERN_API int quern_add_bias(int64_t type, int64_t rows, int64_t channels, const float* values, void* dst,
                             int64_t dst_pitch) QUERN_NOEXCEPT;
QUERN_API int quern_column_sums_workspace(int64_t rows, int64_t channels, int64_t* bytes) QUERN_NOEXCEPT;
/* sums[i], one a channel, receives the sum over all rows: the gradient of what quern_add_bias added. */
QUERN_API int quern_column_sums(int64_t type, int64_t rows, int64_t channels, const void* src, int64_t src_pitch,
                                float* sums, void* workspace, int64_t workspace_bytes) QUERN_NOEXCEPT;

/* ---- max_pool2d, avg_pool2d ---- */

typedef struct quern_pool2d {
  int64_t batch;
  int64_t channels;
  int64_t in_height;
  int64_t in_width;
  int64_t kernel_height;
  int64_t kernel_width;
  int64_t stride_height;
  int64_t stride_width;
  int64_t padding_top; /* each less than the kernel's extent, dilation * (kernel - 1) + 1 */
  int64_t padding_left;
  int64_t padding_bottom;
  int64_t padding_right;
  int64_t dilation_height;
  int64_t dilation_width;
  int64_t ceil_mode;         /* 0 or 1 */
  int64_t count_include_pad; /* 0 or 1; average only: whether padding counts in the divisor */
  int64_t src_pitch;
  int64_t dst_pitch;
  int64_t src_type; /* quern_types */
  int64_t dst_type;
  int64_t src_order; /* quern_orders */
  int64_t dst_order;
} quern_pool2d;

/* src and dst may both be in QUERN_U8, where indices are NULL.
 * indices, [n, h', w', c] without gaps, receives y * width + x of each maximum, -1 where a dilated window steps over
 * the whole image; NULL where no backward pass follows. */
QUERN_API int quern_max_pool2d_forward(const quern_pool2d* pool, const void* src, void* dst,
                                       int32_t* indices) QUERN_NOEXCEPT;
QUERN_API int quern_max_pool2d_backward(const quern_pool2d* pool, const void* diff_dst, const int32_t* indices,
                                        void* diff_src) QUERN_NOEXCEPT;
QUERN_API int quern_avg_pool2d_forward(const quern_pool2d* pool, const void* src, void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_avg_pool2d_backward(const quern_pool2d* pool, const void* diff_dst, void* diff_src) QUERN_NOEXCEPT;
/* The mean of bytes, (src - src_zero) * src_scale, in windows of at most 2^23 pixels: sums are whole numbers. Where
 * dst_type is QUERN_U8, a sum becomes min(max(round(sum * factor) + dst_zero, low), high), halves to even, whose factor
 * src_scale / (count * dst_scale) is rounded once; where it is QUERN_F32, sum * (src_scale / count), and the four
 * numbers of dst are checked alone. src_scale / dst_scale is at most 2^100. */
QUERN_API int quern_avg_pool2d_bytes(const quern_pool2d* pool, const void* src, float src_scale, int64_t src_zero,
                                     void* dst, float dst_scale, int64_t dst_zero, int64_t low,
                                     int64_t high) QUERN_NOEXCEPT;

/* ---- adaptive_avg_pool2d, adaptive_max_pool2d, zero_pad2d, reflection_pad2d, replication_pad2d, circular_pad2d,
 * upsample_nearest2d, upsample_bilinear2d ---- */

/* What changes height and width and nothing else. */
typedef struct quern_resize2d {
  int64_t batch;
  int64_t channels;
  int64_t in_height;
  int64_t in_width;
  int64_t out_height;
  int64_t out_width;
  int64_t padding_top; /* of the paddings only; what is left of out_height after the input lies below it */
  int64_t padding_left;
  int64_t src_pitch;
  int64_t dst_pitch;
  int64_t src_type; /* quern_types */
  int64_t dst_type;
  int64_t src_order; /* quern_orders */
  int64_t dst_order;
  int64_t align_corners; /* 0 or 1; of upsample_bilinear2d only */
} quern_resize2d;

/* Output row i averages input rows [floor(i * in_height / out_height), ceil((i + 1) * in_height / out_height)). */
QUERN_API int quern_adaptive_avg_pool2d_forward(const quern_resize2d* resize, const void* src,
                                                void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_adaptive_avg_pool2d_backward(const quern_resize2d* resize, const void* diff_dst,
                                                 void* diff_src) QUERN_NOEXCEPT;
/* As quern_avg_pool2d_bytes. */
QUERN_API int quern_adaptive_avg_pool2d_bytes(const quern_resize2d* resize, const void* src, float src_scale,
                                              int64_t src_zero, void* dst, float dst_scale, int64_t dst_zero,
                                              int64_t low, int64_t high) QUERN_NOEXCEPT;
/* The same windows; indices as those of quern_max_pool2d_forward. */
QUERN_API int quern_adaptive_max_pool2d_forward(const quern_resize2d* resize, const void* src, void* dst,
                                                int32_t* indices) QUERN_NOEXCEPT;
QUERN_API int quern_adaptive_max_pool2d_backward(const quern_resize2d* resize, const void* diff_dst,
                                                 const int32_t* indices, void* diff_src) QUERN_NOEXCEPT;
QUERN_API int quern_zero_pad2d_forward(const quern_resize2d* resize, const void* src, void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_zero_pad2d_backward(const quern_resize2d* resize, const void* diff_dst,
                                        void* diff_src) QUERN_NOEXCEPT;
/* What quern_zero_pad2d_backward does, as a part of another operator: quern_last_implementation keeps that one's name,
 * as it does after quern_add_bias and quern_column_sums. */
QUERN_API int quern_crop2d(const quern_resize2d* resize, const void* src, void* dst) QUERN_NOEXCEPT;
/* Mirrors about the first and last pixel, which are not repeated; each padding is less than the input's size. */
QUERN_API int quern_reflection_pad2d_forward(const quern_resize2d* resize, const void* src, void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_reflection_pad2d_backward(const quern_resize2d* resize, const void* diff_dst,
                                              void* diff_src) QUERN_NOEXCEPT;
/* Repeats the first and last pixel. */
QUERN_API int quern_replication_pad2d_forward(const quern_resize2d* resize, const void* src, void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_replication_pad2d_backward(const quern_resize2d* resize, const void* diff_dst,
                                               void* diff_src) QUERN_NOEXCEPT;
/* Begins again with the other end; each padding is at most the input's size. */
QUERN_API int quern_circular_pad2d_forward(const quern_resize2d* resize, const void* src, void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_circular_pad2d_backward(const quern_resize2d* resize, const void* diff_dst,
                                            void* diff_src) QUERN_NOEXCEPT;
/* Output sizes are multiples of the input's; src and dst may both be in QUERN_U8. */
QUERN_API int quern_upsample_nearest2d_forward(const quern_resize2d* resize, const void* src, void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_upsample_nearest2d_backward(const quern_resize2d* resize, const void* diff_dst,
                                                void* diff_src) QUERN_NOEXCEPT;

/* Any output size. Output row i lies at (i + 1/2) * in_height / out_height - 1/2, at least 0, of the input; with
 * align_corners at i * (in_height - 1) / (out_height - 1). */
QUERN_API int quern_upsample_bilinear2d_forward(const quern_resize2d* resize, const void* src,
                                                void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_upsample_bilinear2d_backward(const quern_resize2d* resize, const void* diff_dst,
                                                 void* diff_src) QUERN_NOEXCEPT;

/* ---- prelu ---- */

/* Rows of channels with a weight each: x where it is above 0, else weight * x. One weight for all values is one
 * channel, and each value a row. */
QUERN_API int quern_prelu_workspace(int64_t rows, int64_t channels, int64_t* bytes) QUERN_NOEXCEPT;
/* dst may be src. */
QUERN_API int quern_prelu_forward(int64_t type, int64_t rows, int64_t channels, const void* src, const float* weights,
                                  void* dst) QUERN_NOEXCEPT;
/* diff_src may be NULL or diff_dst. diff_weights may be NULL, and the workspace with it. */
QUERN_API int quern_prelu_backward(int64_t type, int64_t rows, int64_t channels, const void* src, const void* diff_dst,
                                   const float* weights, void* diff_src, float* diff_weights, void* workspace,
                                   int64_t workspace_bytes) QUERN_NOEXCEPT;

/* ---- quantize ---- */

/* min(max(round(src / scale) + zero, low), high) in QUERN_U8, halves to even; a NaN becomes low. low <= zero <= high.
 */
QUERN_API int quern_quantize(int64_t n, const void* src, float scale, int64_t zero, int64_t low, int64_t high,
                             void* dst) QUERN_NOEXCEPT;
/* (src - zero) * scale of a src in QUERN_U8. */
QUERN_API int quern_dequantize(int64_t n, const void* src, float scale, int64_t zero, void* dst) QUERN_NOEXCEPT;
/* Channels of n weights each, rounded to whole steps, halves to even. A step is scales[channel], which becomes the
 * channel's largest magnitude / 127, or 1 where that is below FLT_MIN. rounded gets the steps times the scale, steps
 * the steps themselves in QUERN_S8; either may be NULL. A channel with a NaN or an infinity has it for a scale, and no
 * number among what is rounded. */
QUERN_API int quern_quantize_weights(int64_t channels, int64_t n, const float* src, float* scales, float* rounded,
                                     void* steps) QUERN_NOEXCEPT;

/* table[src] in QUERN_U8, of a table of 256 bytes: any function of one. dst may be src. */
QUERN_API int quern_lookup(int64_t n, const void* src, const void* table, void* dst) QUERN_NOEXCEPT;

/* ---- relu ---- */

/* dst may be src. */
QUERN_API int quern_relu_forward(int64_t type, int64_t n, const void* src, void* dst) QUERN_NOEXCEPT;
/* From the output (or the input: the sign is the same); diff_src may be diff_dst. */
QUERN_API int quern_relu_backward(int64_t type, int64_t n, const void* dst, const void* diff_dst,
                                  void* diff_src) QUERN_NOEXCEPT;

/* ---- activation ---- */

/*
 * Element by element; values and gradients at kinks are PyTorch's, and NaN stays NaN. The functions, each with its
 * coefficients and their rules, are listed by name in src/kernels/activations.inc. A function's kind is its place in
 * that list, from 0 on.
 */
/* kind[0] receives the kind of the function of that name. */
QUERN_API int quern_activation_kind(const char* name, int64_t* kind) QUERN_NOEXCEPT;
/* NULL where no function is of that kind. */
QUERN_API const char* quern_activation_name(int64_t kind) QUERN_NOEXCEPT;
/* count[0] receives the number of the function's coefficients, at most 3. */
QUERN_API int quern_activation_coefficients(int64_t kind, int64_t* count) QUERN_NOEXCEPT;

typedef struct quern_activation {
  int64_t kind;           /* from quern_activation_kind */
  double coefficients[3]; /* those of the kind, which are rounded to floats; it ignores the rest */
  int64_t type;           /* a quern_type, of source and destination */
} quern_activation;

/*
 * reads_dst[0] receives 1 where the backward pass reads the output or neither side, so that the forward pass may
 * overwrite its input; 0 where it reads the input.
 */
QUERN_API int quern_activation_reads_dst(const quern_activation* activation, int64_t* reads_dst) QUERN_NOEXCEPT;
/* dst may be src. */
QUERN_API int quern_activation_forward(const quern_activation* activation, int64_t n, const void* src,
                                       void* dst) QUERN_NOEXCEPT;
/* saved is dst or src, as quern_activation_reads_dst says; diff_src may be diff_dst. */
QUERN_API int quern_activation_backward(const quern_activation* activation, int64_t n, const void* saved,
                                        const void* diff_dst, void* diff_src) QUERN_NOEXCEPT;

/* ---- linear ---- */

typedef struct quern_linear {
  int64_t batch;
  int64_t in_features; /* columns of the weights, in C, H, W order */
  int64_t out_features;
  int64_t pixels;    /* H * W where src is the NHWC memory of a flattened image; 1 where it is a plain row */
  int64_t inference; /* 1: no backward passes, weights packed for forward alone; else 0 */
  int64_t src_type;  /* quern_types; weights_type is that of the packed weights */
  int64_t weights_type;
  int64_t dst_type;
} quern_linear;

/* Bytes of the packed weights; 0 where the weights are used as they are (not in inference, and pixels is 1). */
QUERN_API int quern_linear_packed_size(const quern_linear* linear, int64_t* bytes) QUERN_NOEXCEPT;
QUERN_API int quern_linear_pack(const quern_linear* linear, const float* weights, void* packed) QUERN_NOEXCEPT;
QUERN_API int quern_linear_workspace(const quern_linear* linear, int64_t* bytes) QUERN_NOEXCEPT;
QUERN_API int quern_linear_forward(const quern_linear* linear, const void* src, const void* packed, const float* bias,
                                   void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_linear_backward_data(const quern_linear* linear, const void* diff_dst, const void* packed,
                                         void* diff_src) QUERN_NOEXCEPT;
QUERN_API int quern_linear_backward_weights(const quern_linear* linear, const void* src, const void* diff_dst,
                                            float* diff_weights, float* diff_bias, void* workspace,
                                            int64_t workspace_bytes) QUERN_NOEXCEPT;

/* ---- batch_norm2d ---- */

typedef struct quern_batch_norm2d {
  int64_t rows; /* batch * height * width */
  int64_t channels;
  double momentum;
  double eps;
  int64_t training;                   /* 1: the batch's statistics, and the running ones move; 0: the running ones */
  int64_t relu;                       /* 1: ends with ReLU; 0: without */
  int64_t type;                       /* a quern_type, of source and destination */
  const quern_activation* activation; /* behind it, where there is neither ReLU nor a sum; NULL for none */
} quern_batch_norm2d;

QUERN_API int quern_batch_norm2d_workspace(const quern_batch_norm2d* norm, int64_t* bytes) QUERN_NOEXCEPT;
/*
 * sums, unless NULL, has in training each channel's sum over src and then of squares, as a convolution's post ops leave
 * them. Both running statistics may be NULL in training: none move then. add, unless NULL, is added before ReLU. saved,
 * 2 * channels floats, receives mean and 1 / sqrt(var + eps) for the backward pass.
 */
QUERN_API int quern_batch_norm2d_forward(const quern_batch_norm2d* norm, const void* src, const double* sums,
                                         const float* weights, const float* bias, float* running_mean,
                                         float* running_var, const void* add, void* dst, float* saved, void* workspace,
                                         int64_t workspace_bytes) QUERN_NOEXCEPT;
/*
 * dst, what forward made, is read where something was added before ReLU; else it may be NULL. diff_src may be NULL or
 * diff_dst; diff_add, the gradient of what was added, may be NULL, and so may diff_weights and diff_bias.
 */
QUERN_API int quern_batch_norm2d_backward(const quern_batch_norm2d* norm, const void* src, const void* dst,
                                          const void* diff_dst, const float* weights, const float* bias,
                                          const float* saved, void* diff_src, void* diff_add, float* diff_weights,
                                          float* diff_bias, void* workspace, int64_t workspace_bytes) QUERN_NOEXCEPT;
/*
 * By the running statistics, and for a convolution's post ops: scale and shift such that src * scale + shift is what
 * forward makes of src + src_bias, which may be NULL.
 */
QUERN_API int quern_batch_norm2d_fold(const quern_batch_norm2d* norm, const float* weights, const float* bias,
                                      const float* running_mean, const float* running_var, const float* src_bias,
                                      float* scale, float* shift) QUERN_NOEXCEPT;

/* ---- dropout, dropout2d ---- */

typedef struct quern_dropout {
  int64_t batch;
  int64_t channels;
  int64_t pixels;         /* elements of a sample are counted in C, H, W order, wherever they lie in memory */
  int64_t whole_channels; /* 1: a channel falls as a whole (dropout2d); 0: each element by itself */
  double p;               /* how likely that is */
  int64_t key;  /* of Philox4x32-10, whose counter is the element's (or channel's) number / 4 and the sample's;
                   what falls has the upper 24 bits of its word below p * 2^24 */
  int64_t type; /* a quern_type, of source and destination */
} quern_dropout;

/* What falls becomes 0, the rest is multiplied by 1 / (1 - p); the same for the gradients with the same key. dst may be
 * src. */
QUERN_API int quern_dropout_apply(const quern_dropout* dropout, const void* src, void* dst) QUERN_NOEXCEPT;

/* ---- group_norm, layer_norm ---- */

/*
 * Normalisations of each sample by itself. weights and bias may be NULL, meaning 1 and 0. saved receives the means, and
 * behind them each 1 / sqrt(var + eps), for the backward pass, in which diff_src, diff_weights and diff_bias may be
 * NULL each.
 */
typedef struct quern_group_norm {
  int64_t batch;
  int64_t pixels; /* height * width; 1 for features */
  int64_t channels;
  int64_t groups;
  double eps;
  int64_t type; /* a quern_type, of source and destination */
} quern_group_norm;

QUERN_API int quern_group_norm_workspace(const quern_group_norm* norm, int64_t* bytes) QUERN_NOEXCEPT;
/* weights and bias have a value a channel; saved has 2 * batch * groups doubles. */
QUERN_API int quern_group_norm_forward(const quern_group_norm* norm, const void* src, const float* weights,
                                       const float* bias, void* dst, double* saved) QUERN_NOEXCEPT;
QUERN_API int quern_group_norm_backward(const quern_group_norm* norm, const void* src, const void* diff_dst,
                                        const float* weights, const double* saved, void* diff_src, float* diff_weights,
                                        float* diff_bias, void* workspace, int64_t workspace_bytes) QUERN_NOEXCEPT;

typedef struct quern_layer_norm {
  int64_t rows;   /* the batch, times the axes that are not normalised over */
  int64_t length; /* elements that are normalised together; weights and bias lie in their order */
  double eps;
  int64_t type; /* a quern_type, of source and destination */
} quern_layer_norm;

/* saved has 2 * rows doubles. */
QUERN_API int quern_layer_norm_forward(const quern_layer_norm* norm, const void* src, const float* weights,
                                       const float* bias, void* dst, double* saved) QUERN_NOEXCEPT;
QUERN_API int quern_layer_norm_backward(const quern_layer_norm* norm, const void* src, const void* diff_dst,
                                        const float* weights, const double* saved, void* diff_src, float* diff_weights,
                                        float* diff_bias) QUERN_NOEXCEPT;

/* ---- local_response_norm ---- */

/* dst[i] = src[i] / (k + alpha / size * sum)^beta of each pixel's channels, where sum is that of src[j]^2 over
 * [i - (size - 1) / 2, i + size / 2], as far as there are such channels. alpha, beta and k are at least 0. */
typedef struct quern_local_response_norm {
  int64_t rows; /* pixels of all images */
  int64_t channels;
  int64_t size;
  double alpha;
  double beta;
  double k;
  int64_t type; /* a quern_type, of source and destination */
} quern_local_response_norm;

/* For the backward pass. */
QUERN_API int quern_local_response_norm_workspace(const quern_local_response_norm* norm, int64_t* bytes) QUERN_NOEXCEPT;
QUERN_API int quern_local_response_norm_forward(const quern_local_response_norm* norm, const void* src,
                                                void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_local_response_norm_backward(const quern_local_response_norm* norm, const void* src,
                                                 const void* diff_dst, void* diff_src, void* workspace,
                                                 int64_t workspace_bytes) QUERN_NOEXCEPT;

/* ---- matmul ---- */

/* Products of matrices, row by row in memory: src [batch][rows][inner] by other [batch][inner][columns]. */
typedef struct quern_matmul {
  int64_t batch; /* matrices of all samples */
  int64_t rows;
  int64_t inner;
  int64_t columns;
  int64_t type; /* a quern_type, of all three */
} quern_matmul;

QUERN_API int quern_matmul_forward(const quern_matmul* matmul, const void* src, const void* other,
                                   void* dst) QUERN_NOEXCEPT;
/* diff_src and diff_other may each be NULL; neither is an input. */
QUERN_API int quern_matmul_backward(const quern_matmul* matmul, const void* src, const void* other,
                                    const void* diff_dst, void* diff_src, void* diff_other) QUERN_NOEXCEPT;

/* ---- add, concat ---- */

/* dst = a + b; dst may be either. */
QUERN_API int quern_add(int64_t type, int64_t n, const void* a, const void* b, void* dst) QUERN_NOEXCEPT;
/* The same of bytes, each with a scale and a zero: min(max(round(a' + b') + dst_zero, low), high), halves to even,
 * where a' = (a - a_zero) * (a_scale / dst_scale) is a float, as is the factor, which is at most 2^100. */
QUERN_API int quern_add_bytes(int64_t n, const void* a, float a_scale, int64_t a_zero, const void* b, float b_scale,
                              int64_t b_zero, void* dst, float dst_scale, int64_t dst_zero, int64_t low,
                              int64_t high) QUERN_NOEXCEPT;
/* Copies c channels of each row between tensors of different pitches: concat forward, and backward the other way. */
QUERN_API int quern_copy_channels(int64_t type, int64_t rows, int64_t c, const void* src, int64_t src_pitch, void* dst,
                                  int64_t dst_pitch) QUERN_NOEXCEPT;

/* ---- binary: arithmetic and comparisons of two tensors ---- */

enum quern_binary_kind {
  QUERN_ADD = 0,
  QUERN_MULTIPLY = 1,
  QUERN_SUBTRACT = 2,
  QUERN_DIVIDE = 3,
  QUERN_MAXIMUM = 4, /* NaN wins; of two equal values each gets half of the gradient; so for the next */
  QUERN_MINIMUM = 5,
  QUERN_POW = 6,   /* src to the power of other, as in C */
  QUERN_EQUAL = 7, /* 1 or 0, as what follows; a comparison with NaN is 0. No gradient passes */
  QUERN_LESS = 8,
  QUERN_LESS_OR_EQUAL = 9,
  QUERN_GREATER = 10,
  QUERN_GREATER_OR_EQUAL = 11,
  QUERN_WHEN = 12,  /* other where src is not 0, else dst as it was; quern_broadcast_* only, as the next */
  QUERN_UNLESS = 13 /* other where src is 0, else dst as it was. Only other gets a gradient */
};

/* dst = src + other and so on, each [batch][pixels][channels], or other [batch][channels] for all pixels where
 * other_pixels is 1; dst may be either of the same size. */
QUERN_API int quern_binary_forward(int64_t kind, int64_t type, int64_t batch, int64_t pixels, int64_t other_pixels,
                                   int64_t channels, const void* src, const void* other, void* dst) QUERN_NOEXCEPT;
/* diff_src and diff_other may each be NULL; no output is an input. */
QUERN_API int quern_binary_backward(int64_t kind, int64_t type, int64_t batch, int64_t pixels, int64_t other_pixels,
                                    int64_t channels, const void* src, const void* other, const void* diff_dst,
                                    void* diff_src, void* diff_other) QUERN_NOEXCEPT;
/* The product of bytes, each with a scale and a zero, of the same shapes: min(max(round((src - src_zero) * (other -
 * other_zero) * factor) + dst_zero, low), high), halves to even, whose factor src_scale * other_scale / dst_scale is a
 * float of at most 2^100. */
QUERN_API int quern_multiply_bytes(int64_t batch, int64_t pixels, int64_t other_pixels, int64_t channels,
                                   const void* src, float src_scale, int64_t src_zero, const void* other,
                                   float other_scale, int64_t other_zero, void* dst, float dst_scale, int64_t dst_zero,
                                   int64_t low, int64_t high) QUERN_NOEXCEPT;

/*
 * The same by strides, as quern_strided_copy's: along 1 to 8 axes of these sizes, each of the three tensors has a
 * stride, which is 0 where src or other is of one number there that meets all of the axis. No two numbers of dst are in
 * one place, nor any of src or of other but by such a 0. No output is an input. Of no numbers nothing is written.
 */
QUERN_API int quern_broadcast_forward(int64_t kind, int64_t type, int64_t axes, const int64_t* sizes,
                                      const int64_t* src_strides, const int64_t* other_strides,
                                      const int64_t* dst_strides, const void* src, const void* other,
                                      void* dst) QUERN_NOEXCEPT;
/* diff_src and diff_other have the strides of what they belong to, and may each be NULL. A number that meets several
 * gets the sum of its gradients, always in the same order. */
QUERN_API int quern_broadcast_backward(int64_t kind, int64_t type, int64_t axes, const int64_t* sizes,
                                       const int64_t* src_strides, const int64_t* other_strides,
                                       const int64_t* dst_strides, const void* src, const void* other,
                                       const void* diff_dst, void* diff_src, void* diff_other) QUERN_NOEXCEPT;

/* ---- strided_copy ---- */

/* dst[sum of i[k] * dst_strides[k]] = src[sum of i[k] * src_strides[k]] for all i[k] in [0, sizes[k]), k in [0, axes),
 * 1 to 8 axes. A source's stride may be 0, so that its numbers repeat; no two numbers may go to one place. */
QUERN_API int quern_strided_copy(int64_t type, int64_t axes, const int64_t* sizes, const int64_t* src_strides,
                                 const int64_t* dst_strides, const void* src, void* dst) QUERN_NOEXCEPT;

/* ---- gather ---- */

/* The same, but along `axis`: position p of dst is position indices[p] of src, which has src_size of them; sizes are
 * those of dst. Unless starts is NULL, it is the sum of the positions indices[starts[p]] to before
 * indices[starts[p + 1]], in this order and in double precision: starts are sizes[axis] + 1 numbers that ascend from 0.
 * That is the way back, where several positions came from one. */
QUERN_API int quern_gather(int64_t type, int64_t axes, const int64_t* sizes, const int64_t* src_strides,
                           const int64_t* dst_strides, int64_t axis, int64_t src_size, const int32_t* indices,
                           const int32_t* starts, const void* src, void* dst) QUERN_NOEXCEPT;

/* ---- sum, mean, amax, amin, prod ---- */

enum quern_reduction_kind {
  QUERN_SUM = 0,
  QUERN_MEAN = 1,
  QUERN_AMAX = 2, /* NaN wins; equal extremes share the gradient */
  QUERN_AMIN = 3,
  QUERN_PROD = 4
};

/* Over the axes whose stride in dst is 0, 1 to 8 axes in all; sizes are those of src. Sums and products are double. */
QUERN_API int quern_reduction_forward(int64_t kind, int64_t type, int64_t axes, const int64_t* sizes,
                                      const int64_t* src_strides, const int64_t* dst_strides, const void* src,
                                      void* dst) QUERN_NOEXCEPT;
/* src may be NULL for sum and mean, dst for all but amax and amin. Every number of diff_src is written. */
QUERN_API int quern_reduction_backward(int64_t kind, int64_t type, int64_t axes, const int64_t* sizes,
                                       const int64_t* src_strides, const int64_t* dst_strides, const void* src,
                                       const void* dst, const void* diff_dst, void* diff_src) QUERN_NOEXCEPT;

/* ---- argmax, argmin ---- */

/* The place of the extreme, a float, along the one axis whose stride in dst is 0; of at most 2^24. kind is QUERN_AMAX
 * or QUERN_AMIN. The first of equals, at select_last the last; NaN is more extreme than any number. */
QUERN_API int quern_argmax(int64_t kind, int64_t select_last, int64_t type, int64_t axes, const int64_t* sizes,
                           const int64_t* src_strides, const int64_t* dst_strides, const void* src,
                           void* dst) QUERN_NOEXCEPT;

/* ---- softmax, log_softmax, cross_entropy ---- */

/* Over the columns of [rows, classes]. */
QUERN_API int quern_softmax_forward(int64_t type, int64_t rows, int64_t classes, const void* src,
                                    void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_softmax_backward(int64_t type, int64_t rows, int64_t classes, const void* dst, const void* diff_dst,
                                     void* diff_src) QUERN_NOEXCEPT;

/* The logarithm of softmax, exact where a probability would vanish. */
QUERN_API int quern_log_softmax_forward(int64_t type, int64_t rows, int64_t classes, const void* src,
                                        void* dst) QUERN_NOEXCEPT;
QUERN_API int quern_log_softmax_backward(int64_t type, int64_t rows, int64_t classes, const void* dst,
                                         const void* diff_dst, void* diff_src) QUERN_NOEXCEPT;

typedef struct quern_cross_entropy {
  int64_t batch;
  int64_t classes;
  double label_smoothing;
  int64_t sum;          /* 1: the sum over the batch, 0: the mean, divided by the targets' weights */
  int64_t ignore_index; /* a target that has no part in loss, gradient and mean, even where it is a class */
  double gamma;         /* 0: cross-entropy; else softmax_focal: a class's part is multiplied by (1 - p)^gamma */
} quern_cross_entropy;

/*
 * Loss from logits, and the loss's gradient unless diff_src is NULL. class_weights may be NULL. row_losses has a double
 * for each row (workspace); loss[0] receives the result. A target outside [0, classes), ignore_index apart, is
 * QUERN_INVALID_ARGUMENT. The mean over no target, all being ignored, is NaN, and its gradient 0.
 */
QUERN_API int quern_cross_entropy_loss(const quern_cross_entropy* ce, const float* src, const int32_t* targets,
                                       const float* class_weights, float* diff_src, double* row_losses,
                                       double* loss) QUERN_NOEXCEPT;
/* The same with a row of class probabilities, [classes], as each row's target; the mean divides by the batch, and
 * nothing is ignored. */
QUERN_API int quern_cross_entropy_soft_loss(const quern_cross_entropy* ce, const float* src, const float* targets,
                                            const float* class_weights, float* diff_src, double* row_losses,
                                            double* loss) QUERN_NOEXCEPT;

/* How many rows have their largest value (the first of equals) at their target; one of ignore_index never has. */
QUERN_API int quern_count_correct(int64_t rows, int64_t classes, int64_t ignore_index, const float* src,
                                  const int32_t* targets, int64_t* correct) QUERN_NOEXCEPT;
/* How many rows have their largest value where their row of targets has its largest. */
QUERN_API int quern_count_correct_soft(int64_t rows, int64_t classes, const float* src, const float* targets,
                                       int64_t* correct) QUERN_NOEXCEPT;

/* ---- dice ---- */

typedef struct quern_dice {
  int64_t batch;
  int64_t positions; /* of a sample */
  int64_t classes;   /* 1: sigmoid and a mask; else softmax */
  double smooth;
  int64_t sum;          /* 1: the sum over samples and classes, 0: the mean */
  int64_t ignore_index; /* a target that has no part in loss and gradient */
} quern_dice;

/* Enough for both losses; of any alignment that doubles have. */
QUERN_API int quern_dice_workspace(const quern_dice* dice, int64_t* bytes) QUERN_NOEXCEPT;
/*
 * Of each sample and class 1 - (2 sum p y + smooth) / (sum p + sum y + smooth), over the positions of
 * [batch, positions, classes], p being the logits' softmax or sigmoid; 0 where the divisor is. The gradient goes to
 * diff_src unless that is NULL; loss[0] receives the result. A target is a class, of one class 0 or 1, or ignore_index;
 * else QUERN_INVALID_ARGUMENT.
 */
QUERN_API int quern_dice_loss(const quern_dice* dice, const float* src, const int32_t* targets, float* diff_src,
                              void* workspace, int64_t workspace_bytes, double* loss) QUERN_NOEXCEPT;
/* The same with targets [batch, positions, classes], of which none is ignored. */
QUERN_API int quern_dice_soft_loss(const quern_dice* dice, const float* src, const float* targets, float* diff_src,
                                   void* workspace, int64_t workspace_bytes, double* loss) QUERN_NOEXCEPT;

/* ---- bce_with_logits, sigmoid_focal, mse, huber ---- */

/*
 * Losses of equally many sources and targets. sum is 1 for the sum over all of them, 0 for the mean. The gradient goes
 * to diff_src unless that is NULL; loss[0] receives the result.
 */

/* Logits [batch, classes] of labels that exclude nothing. weights, of each class, and pos_weights, of each class where
 * its label is 1, may be NULL: all 1. The mean divides by batch * classes, whatever they are. */
QUERN_API int quern_bce_with_logits_loss(int64_t batch, int64_t classes, int64_t sum, const float* src,
                                         const float* targets, const float* weights, const float* pos_weights,
                                         float* diff_src, double* loss) QUERN_NOEXCEPT;
/* Of each logit bce_with_logits without weights, times (1 - p)^gamma, p being the probability of its target, and times
 * alpha for targets of 1, 1 - alpha for those of 0; an alpha of -1 weighs nothing. The mean divides by n. */
QUERN_API int quern_sigmoid_focal_loss(int64_t n, int64_t sum, double alpha, double gamma, const float* src,
                                       const float* targets, float* diff_src, double* loss) QUERN_NOEXCEPT;
QUERN_API int quern_mse_loss(int64_t n, int64_t sum, const float* src, const float* targets, float* diff_src,
                             double* loss) QUERN_NOEXCEPT;
QUERN_API int quern_huber_loss(int64_t n, int64_t sum, double delta, const float* src, const float* targets,
                               float* diff_src, double* loss) QUERN_NOEXCEPT;

/* How many logits are above 0 where the target is above 0.5, or neither. */
QUERN_API int quern_count_correct_labels(int64_t n, const float* src, const float* targets,
                                         int64_t* correct) QUERN_NOEXCEPT;

/* ---- uniform: first values of weights ---- */

/* (2 u - 1) * bound, where u is the upper 24 bits, as a fraction, of the second word of Philox4x32-10 for the key seed
 * and the counter {the value's number, in 64 bits, part, 0}: dev.quern.internal.Philox's INITIALIZE. */
QUERN_API int quern_uniform(int64_t n, int64_t seed, int64_t part, float bound, float* dst) QUERN_NOEXCEPT;

/* ---- vectors ---- */

/* x *= factor. */
QUERN_API int quern_scale(int64_t n, double factor, float* x) QUERN_NOEXCEPT;
/* Each x to the nearest number in [-limit, limit]; a NaN stays one. */
QUERN_API int quern_clip(int64_t n, double limit, float* x) QUERN_NOEXCEPT;
/* y += weight * (x - y). */
QUERN_API int quern_lerp(int64_t n, double weight, const float* x, float* y) QUERN_NOEXCEPT;
/* result[0] receives the sum of x * x, in double: infinite or NaN exactly where an x is. */
QUERN_API int quern_sum_squares(int64_t n, const float* x, double* result) QUERN_NOEXCEPT;

/* ---- sgd ---- */

typedef struct quern_sgd {
  float lr;
  float momentum;
  float weight_decay;
  int32_t nesterov;
  int32_t first_step; /* 1: velocity is set to the gradient rather than added to */
} quern_sgd;

/* velocity may be NULL where momentum is 0. */
QUERN_API int quern_sgd_step(const quern_sgd* sgd, int64_t n, const float* diff, float* weights,
                             float* velocity) QUERN_NOEXCEPT;

/* ---- adam ---- */

typedef struct quern_adam {
  double lr;
  double beta1;
  double beta2;
  double eps;
  double weight_decay;
  double bias_correction1; /* 1 - beta1^step */
  double bias_correction2; /* 1 - beta2^step */
  int64_t decoupled;       /* 1: the weights shrink by lr * weight_decay (AdamW); 0: the decay joins the gradient */
} quern_adam;

/* average and square are the running averages of the gradient and of its square; largest, the largest of the latter so
 * far, is NULL without amsgrad. All hold zeros before the first step. */
QUERN_API int quern_adam_step(const quern_adam* adam, int64_t n, const float* diff, float* weights, float* average,
                              float* square, float* largest) QUERN_NOEXCEPT;

/* ---- rmsprop ---- */

typedef struct quern_rmsprop {
  double lr;
  double alpha;
  double eps;
  double weight_decay;
  double momentum;
  int64_t centered; /* 1: divides by the standard deviation of the gradient, 0: by the root of its mean square */
} quern_rmsprop;

/* square and average are the running averages of the gradient's square and of the gradient. velocity may be NULL where
 * momentum is 0, average where centered is 0. All hold zeros before the first step. */
QUERN_API int quern_rmsprop_step(const quern_rmsprop* rmsprop, int64_t n, const float* diff, float* weights,
                                 float* square, float* velocity, float* average) QUERN_NOEXCEPT;

/* ---- muon ---- */

typedef struct quern_muon {
  int64_t rows;    /* of the weights as a matrix: output channels */
  int64_t columns; /* input channels * kernel height * kernel width */
  double lr;
  double weight_decay;
  double momentum;
  double ns_a; /* one step of the iteration takes a singular value x to a x + b x^3 + c x^5 */
  double ns_b;
  double ns_c;
  double eps;
  int64_t nesterov; /* 0 or 1 */
  int64_t ns_steps;
  int64_t normalize_weights; /* 0 or 1: weights are brought to a norm of sqrt(rows) before they move */
} quern_muon;

QUERN_API int quern_muon_workspace(const quern_muon* muon, int64_t* bytes) QUERN_NOEXCEPT;
/* velocity holds zeros before the first step. */
QUERN_API int quern_muon_step(const quern_muon* muon, const float* diff, float* weights, float* velocity,
                              void* workspace, int64_t workspace_bytes) QUERN_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
