package mind

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// corpora are the texts that are measured, of at most 1 MB each.
func corpora(b *testing.B) map[string]string {
	all := map[string]string{"Chinese": chinese(1 << 20)}
	for _, name := range []string{"GSM8K", "MATH", "PlanetMath", "TeX"} {
		text := strings.Join(realTexts(b, name), "\n\n\n")
		all[name] = strings.ToValidUTF8(text[:min(len(text), 1<<20)], "")
	}
	return all
}

// chinese is prose of n bytes: words by Zipf's law, with commas and full stops.
func chinese(n int) string {
	words := strings.Fields("的 是 我们 在 这个 一个 数学 有 问题 和 不 可以 函数 设 为 任意 整数 则 存在 使得 因此 得到 方程 解 老师 学生 说 为什么 能 直接 用 定理 因为 条件 必须 满足 首先 考虑 " +
		"其次 计算 结果 面积 三角形 圆 半径 等于 平方 根 公式 推导 过程 非常 重要 如果 那么 所有 素数 无穷 多 个 假设 反证法 矛盾 所以 命题 成立 例如 小明 买 了 苹果 每个 价格 元 一共 花 多少 钱 " +
		"有趣 证明 中 连续 概率 统计 随机 变量 期望 方差 分布 独立 事件 集合 元素 映射 空间 向量 矩阵 行列式 特征值 北京 天气 今天 很 好 他们 一起 去 学校 学习 自然数 极限 导数 积分 收敛 级数")
	r := rand.New(rand.NewPCG(1, 1))
	zipf := rand.NewZipf(r, 1.1, 3, uint64(len(words)-1))
	var b strings.Builder
	for b.Len() < n {
		for range 2 + r.IntN(8) {
			b.WriteString(words[zipf.Uint64()])
		}
		b.WriteString([]string{"，", "。", "，", "、", "：", "。\n"}[r.IntN(6)])
	}
	return b.String()
}

// compare reports how fast ours is, and how many times as fast as theirs, which
// does the same on the same text: the fastest of each, taken in turn.
func compare(b *testing.B, size int, ours, theirs func()) {
	fastest := [2]time.Duration{time.Hour, time.Hour}
	for b.Loop() {
		for i, f := range []func(){ours, ours, ours, ours, ours, theirs} {
			began := time.Now()
			f()
			fastest[i/5] = min(fastest[i/5], time.Since(began))
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(size)/fastest[0].Seconds()/1e6, "MB/s")
	b.ReportMetric(float64(size)/fastest[1].Seconds()/1e6, "theirs-MB/s")
	b.ReportMetric(fastest[1].Seconds()/fastest[0].Seconds(), "times")
}

// BenchmarkCount is against tiktoken-go.
func BenchmarkCount(b *testing.B) {
	for name, text := range corpora(b) {
		for e := range oracles {
			e := Encoding(e)
			b.Run(name+"/"+e.String(), func(b *testing.B) {
				compare(b, len(text), func() { e.Count(text) }, func() { oracles[e]().EncodeOrdinary(text) })
			})
		}
	}
}

// BenchmarkChunks is against what is written first: encode with tiktoken-go, take
// 500 tokens at a time, decode them.
func BenchmarkChunks(b *testing.B) {
	for name, text := range corpora(b) {
		b.Run(name, func(b *testing.B) {
			compare(b, len(text), func() {
				for range (TokenChunker{Max: 500}).Chunks(text) {
				}
			}, func() {
				naive := oracles[O200k]()
				for tokens := naive.EncodeOrdinary(text); len(tokens) > 0; tokens = tokens[min(500, len(tokens)):] {
					naive.Decode(tokens[:min(500, len(tokens))])
				}
			})
		})
	}
}

// BenchmarkHostile is time for 1 MB of what others take time in its square for,
// and how many times as long that is as for a tenth of it, in the mean of the
// ten: linear is 10. (One tenth again and again would be remembered.)
func BenchmarkHostile(b *testing.B) {
	const size = 1_000_000
	for _, h := range hostileTexts(size) {
		for name, f := range map[string]func(string){
			"count": func(text string) { O200k.Count(text) },
			"chunk": func(text string) {
				for range (TokenChunker{Max: 500}).Chunks(text) {
				}
			},
		} {
			b.Run(h.name+"/"+name, func(b *testing.B) {
				whole, tenths := time.Hour, time.Hour
				for b.Loop() {
					began := time.Now()
					f(h.text)
					whole = min(whole, time.Since(began))
					began = time.Now()
					for i := range 10 {
						f(h.text[i*len(h.text)/10 : (i+1)*len(h.text)/10])
					}
					tenths = min(tenths, time.Since(began))
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(whole.Seconds()*1e3, "ms")
				b.ReportMetric(10*whole.Seconds()/tenths.Seconds(), "tenths")
			})
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for _, e := range []Encoding{O200k, CL100k} {
		b.Run(e.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				loadVocabulary(e.String())
			}
		})
	}
}
