// Element-wise operations of the passes, each for f32 and f16, on contiguous (batch, channels, height, width).
//
// f16 is kept as its bits and computed in f32: so the source needs no header, which the machine that runs it may lack.
// Memory decides how long all of them take; values are read and written four at a time where they lie so.

typedef unsigned short f16;
typedef unsigned long long size;

template <typename T>
struct alignas(4 * sizeof(T)) Four {
    T v[4];
};

__device__ __forceinline__ float get(float value) { return value; }
__device__ __forceinline__ float get(f16 bits) {
    float value;
    asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
    return value;
}
__device__ __forceinline__ void put(float& to, float value) { to = value; }
__device__ __forceinline__ void put(f16& to, float value) {
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(to) : "f"(value));
}

__device__ __forceinline__ bool aligned(const void* p, size bytes) { return (size)p % bytes == 0; }

// Calls `body` with every index below `count`, four in a row at a time where `wide`; `first` and `step` say which are the
// thread's own.
template <typename F>
__device__ __forceinline__ void each(size first, size step, size count, bool wide, F body) {
    size fours = wide ? count / 4 : 0;
    for (size i = first; i < fours; i += step) body(4 * i, true);
    for (size i = 4 * fours + first; i < count; i += step) body(i, false);
}

// values = max(values + bias, 0), or without the one or the other; a block's plane is blockIdx.x.
template <typename T>
__device__ void bias_relu(T* all, const T* bias, size plane, unsigned channels, int with_bias, int relu) {
    T* values = all + blockIdx.x * plane;
    float add = with_bias ? get(bias[blockIdx.x % channels]) : 0.0f;
    auto one = [&](T& to) {
        float value = get(to) + add;
        // What is no number stays so.
        put(to, relu && value < 0.0f ? 0.0f : value);
    };
    each(blockIdx.y * blockDim.x + threadIdx.x, gridDim.y * blockDim.x, plane, aligned(values, sizeof(Four<T>)),
         [&](size i, bool wide) {
             if (!wide) return one(values[i]);
             Four<T> four = *(Four<T>*)(values + i);
             for (int k = 0; k < 4; k++) one(four.v[k]);
             *(Four<T>*)(values + i) = four;
         });
}

// out = gradient where activation > 0, else 0.
template <typename T>
__device__ void gate(T* out, const T* gradient, const T* activation, size count) {
    bool wide = aligned(out, sizeof(Four<T>)) && aligned(gradient, sizeof(Four<T>)) && aligned(activation, sizeof(Four<T>));
    each(blockIdx.x * (size)blockDim.x + threadIdx.x, (size)gridDim.x * blockDim.x, count, wide, [&](size i, bool four) {
        if (!four) {
            out[i] = get(activation[i]) > 0.0f ? gradient[i] : T(0);
            return;
        }
        Four<T> g = *(const Four<T>*)(gradient + i), a = *(const Four<T>*)(activation + i);
        for (int k = 0; k < 4; k++)
            if (!(get(a.v[k]) > 0.0f)) g.v[k] = T(0);
        *(Four<T>*)(out + i) = g;
    });
}

// Largest value of each 2x2 window of the plane blockIdx.x; an odd last row or column is left out.
template <typename T>
__device__ void max_pool(T* out, const T* in, unsigned height, unsigned width) {
    unsigned rows = height / 2, columns = width / 2;
    in += blockIdx.x * ((size)height * width);
    out += blockIdx.x * ((size)rows * columns);
    for (unsigned i = blockIdx.y * blockDim.x + threadIdx.x; i < rows * columns; i += gridDim.y * blockDim.x) {
        const T* at = in + (size)(i / columns * 2) * width + i % columns * 2;
        float above = fmaxf(get(at[0]), get(at[1])), below = fmaxf(get(at[width]), get(at[width + 1]));
        put(out[i], fmaxf(above, below));
    }
}

// The gradient goes to the window's first maximum in row-major order.
template <typename T>
__device__ void max_pool_gradient(T* out, const T* in, const T* gradient, unsigned height, unsigned width) {
    unsigned rows = height / 2, columns = width / 2;
    in += blockIdx.x * ((size)height * width);
    out += blockIdx.x * ((size)height * width);
    gradient += blockIdx.x * ((size)rows * columns);
    for (unsigned i = blockIdx.y * blockDim.x + threadIdx.x; i < rows * columns; i += gridDim.y * blockDim.x) {
        size at = (size)(i / columns * 2) * width + i % columns * 2;
        size places[4] = {at, at + 1, at + width, at + width + 1};
        int best = 0;
        for (int k = 1; k < 4; k++)
            if (get(in[places[k]]) > get(in[places[best]])) best = k;
        for (int k = 0; k < 4; k++) out[places[k]] = k == best ? gradient[i] : T(0);
    }
}

// A block a plane: the sum of [A > 0] [G > 0] G, or of G, in f64 and always in the same order.
template <typename T>
__device__ void sums(double* out, const T* activation, const T* gradient, size plane, int guided) {
    __shared__ double parts[256];
    activation += blockIdx.x * plane;
    gradient += blockIdx.x * plane;
    double sum = 0.0;
    auto one = [&](T a, T g) {
        float value = get(g);
        if (!guided || (value > 0.0f && get(a) > 0.0f)) sum += (double)value;
    };
    bool wide = aligned(activation, sizeof(Four<T>)) && aligned(gradient, sizeof(Four<T>));
    each(threadIdx.x, blockDim.x, plane, wide, [&](size i, bool four) {
        if (!four) return one(activation[i], gradient[i]);
        Four<T> a = *(const Four<T>*)(activation + i), g = *(const Four<T>*)(gradient + i);
        for (int k = 0; k < 4; k++) one(a.v[k], g.v[k]);
    });
    parts[threadIdx.x] = sum;
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        __syncthreads();
        if (threadIdx.x < half) parts[threadIdx.x] += parts[threadIdx.x + half];
    }
    if (threadIdx.x == 0) out[blockIdx.x] = parts[0];
}

// The plane of the number that belongs to blockIdx.x, as f32 and without negative values.
template <typename T>
__device__ void gather(float* out, const T* in, const unsigned* planes, size plane) {
    in += planes[blockIdx.x] * plane;
    out += blockIdx.x * plane;
    bool wide = aligned(in, sizeof(Four<T>)) && aligned(out, sizeof(Four<float>));
    each(blockIdx.y * blockDim.x + threadIdx.x, gridDim.y * blockDim.x, plane, wide, [&](size i, bool four) {
        if (!four) {
            out[i] = fmaxf(get(in[i]), 0.0f);
            return;
        }
        Four<T> from = *(const Four<T>*)(in + i);
        Four<float> to;
        for (int k = 0; k < 4; k++) to.v[k] = fmaxf(get(from.v[k]), 0.0f);
        *(Four<float>*)(out + i) = to;
    });
}

// Sets the mark of sample blockIdx.x to no number when one of its values is not finite.
template <typename T>
__device__ void not_finite(float* marks, const T* values, size sample) {
    values += blockIdx.x * sample;
    bool found = false;
    auto one = [&](T value) { found |= !(fabsf(get(value)) <= 3.4e38f); };
    each(blockIdx.y * blockDim.x + threadIdx.x, (size)gridDim.y * blockDim.x, sample, aligned(values, sizeof(Four<T>)),
         [&](size i, bool wide) {
             if (!wide) return one(values[i]);
             Four<T> four = *(const Four<T>*)(values + i);
             for (int k = 0; k < 4; k++) one(four.v[k]);
         });
    if (found) marks[blockIdx.x] = __int_as_float(0x7fffffff);
}

#define BOTH(T)                                                                                                     \
    extern "C" __global__ void bias_relu_##T(T##_t* v, const T##_t* b, size p, unsigned c, int with, int relu) {    \
        bias_relu(v, b, p, c, with, relu);                                                                          \
    }                                                                                                               \
    extern "C" __global__ void gate_##T(T##_t* o, const T##_t* g, const T##_t* a, size n) { gate(o, g, a, n); }     \
    extern "C" __global__ void max_pool_##T(T##_t* o, const T##_t* i, unsigned h, unsigned w) {                     \
        max_pool(o, i, h, w);                                                                                       \
    }                                                                                                               \
    extern "C" __global__ void max_pool_gradient_##T(                                                               \
        T##_t* o, const T##_t* i, const T##_t* g, unsigned h, unsigned w) {                                         \
        max_pool_gradient(o, i, g, h, w);                                                                           \
    }                                                                                                               \
    extern "C" __global__ void sums_##T(double* o, const T##_t* a, const T##_t* g, size p, int guided) {            \
        sums(o, a, g, p, guided);                                                                                   \
    }                                                                                                               \
    extern "C" __global__ void gather_##T(float* o, const T##_t* i, const unsigned* r, size p) {                    \
        gather(o, i, r, p);                                                                                         \
    }                                                                                                               \
    extern "C" __global__ void not_finite_##T(float* m, const T##_t* v, size s) { not_finite(m, v, s); }

typedef float f32_t;
typedef f16 f16_t;
BOTH(f32)
BOTH(f16)
