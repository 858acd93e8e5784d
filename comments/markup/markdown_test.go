package markup_test

func markdownCases() []golden {
	return []golden{
		{
			"raw tags stay visible",
			`a<b>c</b> <script>alert(1)</script>`,
			`<p>a&lt;b&gt;c&lt;/b&gt; &lt;script&gt;alert(1)&lt;/script&gt;</p>`,
		},
		{
			"a block of HTML stays visible",
			`<div>
my words
</div>`,
			`<p>&lt;div&gt;
my words
&lt;/div&gt;</p>`,
		},
		{
			"generics, ampersand, CDATA end, quotes",
			`List<String> & co -- a ]]> b "q" 'x'`,
			`<p>List&lt;String&gt; &amp; co -- a ]]&gt; b "q" 'x'</p>`,
		},
		{
			"a comment stays visible",
			`<!-- x -->`,
			`<p>&lt;!-- x --&gt;</p>`,
		},
		{
			"dangerous links keep their text only",
			"[x](javascript:alert(1)) [y](JaVaScRiPt:alert(1)) [z](data:text/html,x) [v](vbscript:x) [w](java&#115;cript:x) [u](\x01javascript:alert(1))",
			`<p>x y z v w u</p>`,
		},
		{
			"dangerous links by reference",
			`[x] ![y][x]

[x]: javascript:alert(1)`,
			`<p>x y</p>`,
		},
		{
			"autolinks",
			`<javascript:alert(1)> <https://a.example/?a=1&b=2> <me@a.example>`,
			`<p>javascript:alert(1) <a href="https://a.example/?a=1&amp;b=2" rel="nofollow ugc noopener">https://a.example/?a=1&amp;b=2</a> <a href="mailto:me@a.example" rel="nofollow ugc noopener">me@a.example</a></p>`,
		},
		{
			"bare addresses",
			`write to me@a.example, see www.a.example/x. (http://a.example/y) ftp://a.example/z http://localhost:8080/?q=*a*`,
			`<p>write to <a href="mailto:me@a.example" rel="nofollow ugc noopener">me@a.example</a>, see <a href="http://www.a.example/x" rel="nofollow ugc noopener">www.a.example/x</a>. (<a href="http://a.example/y" rel="nofollow ugc noopener">http://a.example/y</a>) ftp://a.example/z <a href="http://localhost:8080/?q=*a" rel="nofollow ugc noopener">http://localhost:8080/?q=*a</a>*</p>`,
		},
		{
			"bare addresses end where they should",
			`(https://a.example/wiki/X_(y)) **https://a.example/z** https://a.example/"x http://a.example/<b>`,
			`<p>(<a href="https://a.example/wiki/X_(y)" rel="nofollow ugc noopener">https://a.example/wiki/X_(y)</a>) <strong><a href="https://a.example/z" rel="nofollow ugc noopener">https://a.example/z</a></strong> <a href="https://a.example/" rel="nofollow ugc noopener">https://a.example/</a>"x <a href="http://a.example/" rel="nofollow ugc noopener">http://a.example/</a>&lt;b&gt;</p>`,
		},
		{
			"bare addresses in other scripts",
			`http://münchen.example/ü and http://a.example/中文。后`,
			`<p><a href="http://m%C3%BCnchen.example/%C3%BC" rel="nofollow ugc noopener">http://münchen.example/ü</a> and <a href="http://a.example/%E4%B8%AD%E6%96%87" rel="nofollow ugc noopener">http://a.example/中文</a>。后</p>`,
		},
		{
			"links that are not absolute keep their text",
			`[rel](/other) [frag](#x) [proto](//b.example) [empty](http://) [none](<>) [mail](mailto:)`,
			`<p>rel frag proto empty none mail</p>`,
		},
		{
			"a user name could pass for the host",
			`[x](https://blog.example@evil.example/) [y](http:\\evil.example) [z](http://a.example\@evil.example/)`,
			`<p>x y z</p>`,
		},
		{
			"titles, subjects, other scripts",
			`[t](http://a.example "a \"title\" <b>") [m](mailto:me@a.example?subject=hi) [x](https://a.example/ünï%20y?q=ü)`,
			`<p><a href="http://a.example" title="a &quot;title&quot; &lt;b&gt;" rel="nofollow ugc noopener">t</a> <a href="mailto:me@a.example?subject=hi" rel="nofollow ugc noopener">m</a> <a href="https://a.example/%C3%BCn%C3%AF%20y?q=%C3%BC" rel="nofollow ugc noopener">x</a></p>`,
		},
		{
			"quotes in addresses stay inside",
			`[a](http://a.example/"onmouseover="alert(1)) [b](http://a.example/'><script>)`,
			`<p><a href="http://a.example/%22onmouseover=%22alert(1)" rel="nofollow ugc noopener">a</a> <a href="http://a.example/'%3E%3Cscript%3E" rel="nofollow ugc noopener">b</a></p>`,
		},
		{
			"no link within a link",
			`[link [inner](http://b.example)](http://a.example)`,
			`<p>[link <a href="http://b.example" rel="nofollow ugc noopener">inner</a>](<a href="http://a.example" rel="nofollow ugc noopener">http://a.example</a>)</p>`,
		},
		{
			"images become links",
			`![alt](https://a.example/i.png "t") ![](https://a.example/i.png) ![a *b* c](https://a.example/j.png)`,
			`<p><a href="https://a.example/i.png" rel="nofollow ugc noopener">alt</a> <a href="https://a.example/i.png" rel="nofollow ugc noopener">https://a.example/i.png</a> <a href="https://a.example/j.png" rel="nofollow ugc noopener">a b c</a></p>`,
		},
		{
			"images that cannot be linked keep their text",
			`![rel](/i.png) ![d](data:image/png;base64,AAAA) ![m](mailto:x@a.example) [![in](https://a.example/i.png)](https://b.example/)`,
			`<p>rel d m <a href="https://b.example/" rel="nofollow ugc noopener">in</a></p>`,
		},
		{
			"headings are lowered",
			`# One
## Two
### Three
#### Four

Setext
======`,
			`<h3>One</h3>
<h3>Two</h3>
<h3>Three</h3>
<h4>Four</h4>
<h3>Setext</h3>`,
		},
		{
			"headings take no attributes",
			`# h {#id .class onclick=x}`,
			`<h3>h {#id .class onclick=x}</h3>`,
		},
		{
			"table with alignment",
			`| a | b | c | d |
|---|:--|:-:|--:|
| 1 | 2 | 3 | 4 |
| x \| y |`,
			`<table>
<thead>
<tr>
<th>a</th>
<th align="left">b</th>
<th align="center">c</th>
<th align="right">d</th>
</tr>
</thead>
<tbody>
<tr>
<td>1</td>
<td align="left">2</td>
<td align="center">3</td>
<td align="right">4</td>
</tr>
<tr>
<td>x | y</td>
<td></td>
<td></td>
<td></td>
</tr>
</tbody>
</table>`,
		},
		{
			"task lists are plain lists",
			`- [ ] todo
- [x] done`,
			`<ul>
<li>[ ] todo</li>
<li>[x] done</li>
</ul>`,
		},
		{
			"code keeps its line breaks",
			"```go\na := \"x\" // <b>\n\n\tb()\n```",
			`<pre><code class="language-go">a := "x" // &lt;b&gt;

	b()
</code></pre>`,
		},
		{
			"code languages",
			"```c++ attr {.x}\nx\n```\n```\"><script>\ny\n```",
			`<pre><code class="language-c++">x
</code></pre>
<pre><code>y
</code></pre>`,
		},
		{
			"code that begins with a blank line",
			`~~~

first blank
~~~

    indented  code`,
			`<pre><code>
first blank
</code></pre>
<pre><code>indented  code
</code></pre>`,
		},
		{
			"lists",
			"3. c\n4. d\n\n1) x\n\n- \n    - nested",
			`<ol start="3">
<li>c</li>
<li>d</li>
</ol>
<ol>
<li>x</li>
</ol>
<ul>
<li>
<ul>
<li>nested</li>
</ul>
</li>
</ul>`,
		},
		{
			"inline marks",
			"~~old~~ *em* **strong** ***both*** `co``de`",
			"<p><del>old</del> <em>em</em> <strong>strong</strong> <em><strong>both</strong></em> <code>co``de</code></p>",
		},
		{
			"line breaks",
			"hard  \nbreak\\\ntwo\nsoft",
			`<p>hard<br/>
break<br/>
two
soft</p>`,
		},
		{
			"quotes",
			`> a
>> b`,
			`<blockquote>
<p>a</p>
<blockquote>
<p>b</p>
</blockquote>
</blockquote>`,
		},
		{
			"rule only",
			`***`,
			`<hr/>`,
		},
		{
			"character references",
			`&nbsp;&copy; &#1; &#27; &#xFFFE; &#xD800; &#x110000; &#0; &#133; &lt;b&gt; &amp;amp;`,
			`<p> © � � � � � � � &lt;b&gt; &amp;amp;</p>`,
		},
		{
			"characters that XML cannot hold",
			"\x01 \x1b \x00 \ufffe \uffff \xff \u0085 \xed\xa0\x80 \x7f end",
			`<p>� � � � � � � ��� � end</p>`,
		},
		{
			"a lone carriage return",
			"a\rb\r\nc",
			`<p>a
b
c</p>`,
		},
	}
}
